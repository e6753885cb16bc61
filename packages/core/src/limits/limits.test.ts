import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../db/index.ts";
import { EventforkError } from "../kernel/index.ts";
import { createTestDb } from "../testing/index.ts";
import { requireTurn, takeTurn } from "./index.ts";

let db: Db;
let time = 1_800_000_000_000;
const now = () => new Date(time);

beforeAll(async () => {
  db = await createTestDb();
});

afterAll(() => db.$disconnect());

const refused = (error: unknown) => (error instanceof EventforkError ? `${error.code} ${error.message}` : error);
const take = (key: string, max = 3) =>
  takeTurn({ db, now }, { key, max, windowSeconds: 60 }).then(() => "taken", refused);

test("no more turns are given than there are, however many processes ask at once", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => take("many")));
  expect(answers.filter((answer) => answer === "taken")).toHaveLength(3);
});

test("a window begins with its first turn, and says when the next one does", async () => {
  for (let i = 0; i < 3; i += 1) expect(await take("window")).toBe("taken");
  time += 45_000;
  expect(await take("window")).toBe("LIMITED Too many tries. Wait 15 seconds, then try again.");
  time += 15_000;
  expect(await take("window")).toBe("taken");
});

test("whoever is only asked takes none", async () => {
  const limit = { key: "asked", max: 1, windowSeconds: 60 };
  for (let i = 0; i < 3; i += 1) await requireTurn({ db, now }, limit);
  await takeTurn({ db, now }, limit);
  expect(await requireTurn({ db, now }, limit).catch(refused)).toMatch(/^LIMITED/);
  time += 60_000;
  await requireTurn({ db, now }, limit);
});

test("one key's turns are nobody else's", async () => {
  expect([await take("one", 1), await take("one", 1), await take("other", 1)]).toEqual([
    "taken",
    expect.stringMatching(/^LIMITED/),
    "taken",
  ]);
});
