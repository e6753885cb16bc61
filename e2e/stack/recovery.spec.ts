import { expect, test } from "@playwright/test";
import { newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readReceived } from "../support/sandbox.ts";
import { findProcesses, partsOf, type RunningStack, spawnStack } from "../support/stack.ts";

test.skip(process.platform !== "linux", "reads /proc");

/** A killed consumer's messages reappear after six timeouts: 24 s instead of two minutes. */
const shortTimeout = { EVENTFORK_CONSUMER_TIMEOUT_SECONDS: "4" };
const againWithinMs = 60_000;

test("a killed process is reported and restarted, and no event is lost meanwhile", async () => {
  test.setTimeout(240_000);
  const stack = await spawnStack({ web: "built", env: shortTimeout });
  try {
    for (const [part, pattern] of [
      ["broker", /processes\/broker\.ts/],
      ["postgres", /bin\/postgres -D/],
      ["consumer.slack", /processes\/consumer\.ts slack/],
    ] as const) {
      const [victim] = findProcesses(stack.stateDir).filter(
        ({ command }) => pattern.test(command) && !command.includes("guard.ts"),
      );
      expect(victim, `a process for ${part}`).toBeDefined();
      const seen = stack.lines.length;
      process.kill(victim?.pid ?? 0, "SIGKILL");
      const output = await eventually(
        async () => stack.lines.slice(seen),
        (lines) => lines.some((line) => line === `${part} is back`),
      );
      expect(output.join("\n")).toMatch(new RegExp(`${part} has ended unexpectedly.*starting it again`));
      expect(output).toContain(`${part} is back`);
      const person = await signUp(stack.web, newPerson());
      const received = await eventually(() => readReceived(stack.sandbox, person), hasAll, againWithinMs);
      expect(received, `what arrived after ${part} was killed`).toEqual(everythingOnce);
    }
  } finally {
    await stack.stop();
  }
  expect(partsOf(stack)).toEqual([]);
});

test.describe("of one state folder", () => {
  let first: RunningStack;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    first = await spawnStack({ web: "built", env: shortTimeout });
  });
  test.afterAll(async () => {
    await first.stop();
  });

  test("a second start, a wrong variable and a taken port are reported, and nothing starts", async () => {
    const port = new URL(first.web).port;
    await expect(spawnStack({ stateDir: first.stateDir })).rejects.toThrow(/is in use by process \d+/);
    await expect(spawnStack({ env: { PORT: port } })).rejects.toThrow(new RegExp(`Port ${port} .*is taken`));
    await expect(spawnStack({ env: { PORT: "0.5" } })).rejects.toThrow(/PORT/);
    await expect(spawnStack({ env: { EVENTFORK_CONSUMER_TIMEOUT_SECONDS: "1" } })).rejects.toThrow(
      /EVENTFORK_CONSUMER_TIMEOUT_SECONDS should be 4 or more/,
    );
    await expect(spawnStack({ env: { SLACK_BOT_TOKEN: "secret" } })).rejects.toThrow(
      /SLACK_BOT_TOKEN should begin with xoxb-/,
    );
    await expect(spawnStack({ env: { DATABASE_URL: "mysql://x" } })).rejects.toThrow(/DATABASE_URL/);
  });

  test("killing the supervisor ends its processes, and the next start works", async () => {
    const person = await signUp(first.web, newPerson());
    const [supervisor] = findProcesses(first.stateDir).filter(({ command }) =>
      /^\S*node packages\/local\/src\/dev/.test(command),
    );
    process.kill(supervisor?.pid ?? 0, "SIGKILL");
    expect(
      await eventually(
        async () => partsOf(first),
        (parts) => parts.length === 0,
      ),
    ).toEqual([]);
    const second = await spawnStack({ web: "built", stateDir: first.stateDir, env: shortTimeout });
    try {
      expect(await eventually(() => readReceived(second.sandbox, person), hasAll, againWithinMs)).toEqual(
        everythingOnce,
      );
    } finally {
      await second.stop();
    }
  });
});
