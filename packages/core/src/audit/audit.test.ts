import { admin, createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import type { Actor } from "../platform/index.ts";
import { audit, listAudit, listAuditActions } from "./index.ts";

let db: Db;
const start = Date.parse("2026-11-25T10:00:00Z");

beforeAll(async () => {
  db = await createTestDb();
  const user: Actor = { kind: "person", id: "usr_ada", email: "ada@lovelace.dev", role: "user" };
  const from = { ip: "203.0.113.7", userAgent: `Firefox\u0000${"x".repeat(1_000)}` };
  for (let i = 0; i < 6; i += 1) {
    const now = () => new Date(start + Math.floor(i / 2) * 1_000);
    const ctx = i % 2 === 0 ? { actor: admin, now } : { actor: user, now, from };
    await audit(db, ctx, { action: i < 4 ? "rule.saved" : "role.granted", target: `target ${i}`, after: { i } });
  }
});

afterAll(() => db.$disconnect());

async function readAll(filter: Parameters<typeof listAudit>[1]): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit({ db }, { ...filter, limit: 1, ...(cursor && { cursor }) });
    seen.push(...page.entries.map(({ target }) => target.slice(-1)));
    cursor = page.next ?? undefined;
  } while (cursor);
  return seen;
}

test.each([
  [{}, "543210"],
  [{ actor: "admin@eventfork.test" }, "420"],
  [{ action: "role.granted" }, "54"],
  [{ target: "target 3" }, "3"],
  [{ from: new Date(start + 1_000), to: new Date(start + 2_000) }, "32"],
])("the log is read page by page, newest first, by %o", async (filter, expected) => {
  const seen = await readAll(filter);
  expect(seen.toSorted().reverse().join("")).toBe(expected);
  expect(seen.map((i) => Math.floor(Number(i) / 2))).toEqual(
    seen.map((i) => Math.floor(Number(i) / 2)).toSorted((a, b) => b - a),
  );
});

test("an entry names its origin where known, and a user by id alone", async () => {
  const { entries } = await listAudit({ db }, { target: "target 1" });
  expect(entries).toMatchObject([
    { actor: "usr_ada", ip: "203.0.113.7", userAgent: expect.stringMatching(/^Firefox\uFFFDx+$/) },
  ]);
  expect(entries[0]?.userAgent?.length).toBeLessThanOrEqual(301);
});

test("each action is listed once", async () => {
  expect(await listAuditActions({ db })).toEqual(["role.granted", "rule.saved"]);
});
