import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { listViews, removeView, renameView, saveView } from "./index.ts";

let db: Db;
beforeAll(async () => {
  db = await createTestDb();
});
beforeEach(async () => {
  await db.savedView.deleteMany();
});
afterAll(() => db.$disconnect());

const ctxOf = (id: string) => ({
  db,
  now: () => new Date(),
  actor: { kind: "person" as const, id, email: `${id}@example.com`, role: "viewer" as const },
});
const ada = () => ctxOf("usr_ada");
const bob = () => ctxOf("usr_bob");
const page = "deliveries";
const dead = { page, name: "Dead at Slack", query: "?status=dead&integration=slack&cursor=abc" };

test("a view is saved without the cursor, and only its owner sees it, at its own list", async () => {
  const { id } = await saveView(ada(), dead);
  expect(await listViews(ada(), { page })).toEqual([
    { id, name: "Dead at Slack", query: "status=dead&integration=slack" },
  ]);
  expect(await listViews(bob(), { page })).toEqual([]);
  expect(await listViews(ada(), { page: "events" })).toEqual([]);
});

test("only the owner can rename or delete a view", async () => {
  const { id } = await saveView(ada(), dead);
  await expect(renameView(bob(), { id, name: "Mine" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(removeView(bob(), { id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await listViews(ada(), { page })).toHaveLength(1);
});

test("saving under an existing name changes that view; renaming to one is refused", async () => {
  const { id } = await saveView(ada(), dead);
  await saveView(ada(), { ...dead, query: "status=retrying" });
  expect(await listViews(ada(), { page })).toMatchObject([{ id, query: "status=retrying" }]);
  const other = await saveView(ada(), { ...dead, name: "Other" });
  await expect(renameView(ada(), { id: other.id, name: dead.name })).rejects.toMatchObject({ code: "CONFLICT" });
  await renameView(ada(), { id: other.id, name: "Another" });
  await removeView(ada(), { id });
  expect((await listViews(ada(), { page })).map(({ name }) => name)).toEqual(["Another"]);
});

test("a list has fifty views at most, and the fiftieth can still be overwritten", async () => {
  for (let i = 1; i <= 50; i += 1) await saveView(ada(), { ...dead, name: `View ${i}` });
  await expect(saveView(ada(), dead)).rejects.toMatchObject({ code: "CONFLICT" });
  await saveView(ada(), { ...dead, name: "View 50", query: "" });
  await saveView(bob(), dead);
});

test.each([{ page: "../x" }, { name: " " }, { query: "x".repeat(2_001) }])("%j is refused", async (wrong) => {
  await expect(saveView(ada(), { ...dead, ...wrong })).rejects.toMatchObject({ code: "INVALID" });
});
