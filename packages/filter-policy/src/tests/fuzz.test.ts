import { expect, test } from "vitest";
import { compile, explainCompiled, matches, type Scope, validatePolicy } from "../index.ts";
import { compileWildcard } from "../operators/wildcard.ts";
import { createGenerator, createRandom } from "../testing/random.ts";

/** A million takes a minute: EVENTFORK_FUZZ_CASES=1000000. */
const cases = Number(process.env["EVENTFORK_FUZZ_CASES"] ?? 30_000);
const seed = Number(process.env["EVENTFORK_FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
const slowMs = 1;
const repetitions = 5;

test(`${cases} random policies and messages: nothing throws, match and explain agree, and each takes under a millisecond (seed ${seed})`, {
  timeout: 30 * 60_000,
}, () => {
  const { policy, message } = createGenerator(createRandom(seed));
  let [valid, matched] = [0, 0];
  for (let index = 0; index < cases; index += 1) {
    const scope: Scope = index % 4 === 0 ? "MessageAttributes" : "MessageBody";
    const [rule, sent] = [policy(), message()];
    if (validatePolicy(rule, scope).length > 0) continue;
    valid += 1;
    const compiled = compile(rule, scope);
    const isMatch = matches(compiled, sent);
    const because = explainCompiled(compiled, sent);
    if ((because.length === 0) !== isMatch) expect.fail(JSON.stringify({ rule, scope, sent, isMatch, because }));
    if (isMatch) matched += 1;
    const ms = timeOf(() => matches(compiled, sent));
    if (ms >= slowMs) expect.fail(`${ms} ms for ${JSON.stringify({ rule, scope, sent })}`);
  }
  expect(valid).toBeGreaterThan(cases / 5);
  expect(matched).toBeGreaterThan(cases / 100);
});

test("the largest policy that SNS takes is matched in under a millisecond, whatever the event", () => {
  const long = "a".repeat(1_000);
  const policies = [
    { a: Array.from({ length: 150 }, (_, index) => ({ suffix: `${long}${index}` })) },
    { a: Array.from({ length: 10 }, (_, index) => ({ wildcard: `*${index}` })) },
    { a: Array.from({ length: 3 }, (_, index) => ({ wildcard: `*${long}*${long}*${index}` })) },
    { $or: Array.from({ length: 150 }, (_, index) => ({ a: [`${index}`] })) },
  ];
  for (const policy of policies) {
    const rule = compile(policy, "MessageBody");
    expect(timeOf(() => matches(rule, { body: { a: long } }))).toBeLessThan(slowMs);
  }
});

test("the time of a wildcard is linear in the text", () => {
  const compiled = compileWildcard(`*${"ab".repeat(50)}c*${"ab".repeat(50)}d*`);
  if (!compiled.ok) throw new Error(compiled.fault);
  const time = (length: number) => {
    // `repeat` returns a rope, which takes longer to flatten than to test.
    const text = Buffer.alloc(2 * length, "ab").toString("latin1");
    return Math.min(...Array.from({ length: repetitions }, () => timeOf(() => compiled.test(text))));
  };
  time(10_000);
  const [short, long] = [time(50_000), time(500_000)];
  expect(long / short).toBeLessThan(40);
});

function timeOf(action: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < repetitions; count += 1) {
    const startedAt = performance.now();
    action();
    best = Math.min(best, performance.now() - startedAt);
    if (best < slowMs / 2) return best;
  }
  return best;
}
