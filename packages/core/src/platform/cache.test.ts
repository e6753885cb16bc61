import { expect, test } from "vitest";
import { cached } from "./cache.ts";
import type { Db } from "./db/index.ts";

test("the same query runs once a second, another one separately, and a failure is not cached", async () => {
  let time = 0;
  const ctx = { db: {} as Db, now: () => new Date(time) };
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked === 4) throw new Error("away");
    return asked;
  };
  const question = { range: "1h" };
  expect(await Promise.all([cached(ctx, ["a", question], ask), cached(ctx, ["a", question], ask)])).toEqual([1, 1]);
  expect(await cached(ctx, ["a", { range: "6h" }], ask)).toBe(2);
  time = 999;
  expect(await cached(ctx, ["a", question], ask)).toBe(1);
  time = 1_000;
  expect(await cached(ctx, ["a", question], ask)).toBe(3);
  time = 2_000;
  await expect(cached(ctx, ["a", question], ask)).rejects.toThrow("away");
  expect(await cached(ctx, ["a", question], ask)).toBe(5);
});
