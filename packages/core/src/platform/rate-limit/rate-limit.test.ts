import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../db/index.ts";
import { EventforkError } from "../index.ts";
import { consumeRateLimit, consumeRateLimits, giveBackTurns } from "./index.ts";

let db: Db;
let time = 1_800_000_000_000;
const now = () => new Date(time);

beforeAll(async () => {
  db = await createTestDb();
});

afterAll(() => db.$disconnect());

const refused = (error: unknown) => (error instanceof EventforkError ? `${error.code} ${error.message}` : error);
const take = (key: string, max = 3) =>
  consumeRateLimit({ db, now }, { key, max, windowSeconds: 60 }).then(() => "taken", refused);

test("concurrent processes never exceed the limit", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => take("many")));
  expect(answers.filter((answer) => answer === "taken")).toHaveLength(3);
});

test("a window begins with its first turn, and a refusal has the time of the next one", async () => {
  for (let i = 0; i < 3; i += 1) expect(await take("window")).toBe("taken");
  time += 45_000;
  expect(await take("window")).toBe("LIMITED Too many attempts. Wait 15 seconds, then try again.");
  time += 15_000;
  expect(await take("window")).toBe("taken");
});

test("a turn that is given back can be taken again, and one of an earlier window gives nothing back", async () => {
  const limit = { key: "back", max: 1, windowSeconds: 60 };
  const turn = await consumeRateLimit({ db, now }, limit);
  expect(await take("back", 1)).toMatch(/^LIMITED/);
  await giveBackTurns({ db }, [turn, turn]);
  const next = await consumeRateLimit({ db, now }, limit);
  time += 60_000;
  expect(await take("back", 1)).toBe("taken");
  await giveBackTurns({ db }, [next]);
  expect(await take("back", 1)).toMatch(/^LIMITED/);
});

test("of several turns all are taken or none", async () => {
  const limits = ["first", "second"].map((key) => ({ key, max: 1, windowSeconds: 60 }));
  await take("second", 1);
  expect(await consumeRateLimits({ db, now }, limits).catch(refused)).toMatch(/^LIMITED/);
  expect(await take("first", 1)).toBe("taken");
});

test("beyond the limit each turn has a longer delay, with at most 100 in an hour", async () => {
  const limit = { key: "growing", max: 50, windowSeconds: 3_600, hasGrowingDelay: true };
  const taken: number[] = [];
  const waits: number[] = [];
  const from = time;
  while (time < from + 4 * 3_600_000) {
    const outcome = await consumeRateLimit({ db, now }, limit).then(() => "taken", refused);
    const [, seconds] = /Wait (\d+) second/.exec(String(outcome)) ?? [];
    if (outcome === "taken") taken.push(time);
    else waits.push(Number(seconds));
    time += Number(seconds ?? 0) * 1_000;
  }
  expect(waits.slice(0, 12)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  const inTheHourFrom = (at: number) => taken.filter((other) => other >= at && other < at + 3_600_000).length;
  expect(Math.max(...taken.map(inTheHourFrom))).toBeLessThanOrEqual(100);
  time += 3_600_000;
  expect((await consumeRateLimit({ db, now }, limit)).count).toBe(1);
});

test("refusals make no wait longer", async () => {
  await take("refusals", 1);
  for (let i = 0; i < 5; i += 1) {
    time += 10_000;
    expect(await take("refusals", 1)).toBe(`LIMITED Too many attempts. Wait ${50 - i * 10} seconds, then try again.`);
  }
  time += 10_000;
  expect(await take("refusals", 1)).toBe("taken");
});

test.each([false, true])(
  "a clock that is set back by a day keeps nobody limited beyond a window (delay: %s)",
  async (hasGrowingDelay) => {
    const limit = { key: `clock|${hasGrowingDelay}`, max: 1, windowSeconds: 60, hasGrowingDelay };
    await consumeRateLimit({ db, now }, limit);
    time -= 86_400_000;
    if (hasGrowingDelay) await consumeRateLimit({ db, now }, limit).catch(refused);
    else expect(await consumeRateLimit({ db, now }, limit).catch(refused)).toMatch(/Wait 60 seconds/);
    time += 60_000;
    expect((await consumeRateLimit({ db, now }, limit)).count).toBe(1);
    time += 86_400_000;
  },
);

test("each key has its own turns", async () => {
  expect([await take("one", 1), await take("one", 1), await take("other", 1)]).toEqual([
    "taken",
    expect.stringMatching(/^LIMITED/),
    "taken",
  ]);
});
