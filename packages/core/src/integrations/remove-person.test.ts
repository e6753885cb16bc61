import { type Sandbox, sandboxEnv, startSandbox } from "@eventfork/local/sandbox";
import { admin, createTestDb } from "@eventfork/testing";
import { deliverOptions, exampleSignUp } from "@eventfork/testing/example-events";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { EventforkError } from "../platform/index.ts";
import { mailchimp } from "../providers/mailchimp/index.ts";
import { removals } from "../providers/registry/index.ts";
import { contactIntegrations } from "../topology/index.ts";
import { removePerson } from "./remove-person.ts";

let db: Db;
let sandbox: Sandbox;

beforeAll(async () => {
  db = await createTestDb();
  sandbox = await startSandbox({ port: 0 });
});

afterAll(async () => {
  await sandbox.stop();
  await db.$disconnect();
});

const remove = (userId: string, how: "archive" | "permanent", env = {}) =>
  removePerson(
    { db, actor: admin, now: () => new Date() },
    { integration: "mailchimp", userId, how },
    { ...sandboxEnv(sandbox.url), ...env },
  );

async function join(number: number) {
  const event = exampleSignUp(number);
  const { userId, email, name } = event.data as { userId: string; email: string; name: string };
  await db.user.upsert({ where: { id: userId }, create: { id: userId, email, name }, update: {} });
  const [outcome] = await mailchimp.connect(sandboxEnv(sandbox.url)).deliver([event], deliverOptions());
  return { userId, isIn: outcome?.ok ?? false };
}

test("a person can be removed from exactly the integrations with contacts", async () => {
  expect(Object.keys(removals).sort()).toEqual([...contactIntegrations].sort());
  const ctx = { db, actor: admin, now: () => new Date() };
  const nobody = removePerson(ctx, { integration: "slack", userId: "usr_1", how: "archive" }, {});
  await expect(nobody).rejects.toThrow("Slack keeps no list to take a person off.");
});

test("a disabled integration is not called, and the error names the missing settings", async () => {
  const ctx = { db, actor: admin, now: () => new Date() };
  const input = { integration: "loops", userId: "usr_1", how: "archive" } as const;
  await expect(removePerson(ctx, input, { LOOPS_API_KEY: "" })).rejects.toMatchObject({
    code: "MISCONFIGURED",
    message: "Loops is off, so it was not asked. LOOPS_API_KEY would switch it on.",
  });
  await expect(removePerson(ctx, input, { LOOPS_API_KEY: "key" })).rejects.toThrow("Loops keeps no list");
  expect(await db.auditEntry.count({ where: { target: "usr_1" } })).toBe(0);
});

test("an archived member leaves the audience, and may return", async () => {
  const { userId } = await join(1);
  expect(await remove(userId, "archive")).toEqual({ wasMember: true });
  expect(await remove(userId, "archive")).toEqual({ wasMember: false });
  expect(await join(1)).toMatchObject({ isIn: true });
  expect(await db.auditEntry.findFirst({ where: { target: userId }, orderBy: { id: "asc" } })).toMatchObject({
    action: "person.removed_from_mailchimp",
    after: { how: "archive", wasMember: true },
  });
});

test("a permanently deleted member cannot be imported", async () => {
  const { userId } = await join(2);
  expect(await remove(userId, "permanent")).toEqual({ wasMember: true });
  expect(await join(2)).toMatchObject({ isIn: false });
});

test("removing an unknown member succeeds", async () => {
  await db.user.create({ data: { id: "usr_never", name: "Never", email: "never@lovelace.dev" } });
  expect(await remove("usr_never", "permanent")).toEqual({ wasMember: false });
});

test("a wrong key, a missing key and an erased person are errors without the address", async () => {
  const { userId } = await join(3);
  const answer = async (call: Promise<unknown>) => {
    const error = await call.catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain("@lovelace");
    return error instanceof EventforkError ? error.code : error;
  };
  expect(await answer(remove(userId, "archive", { MAILCHIMP_API_KEY: "wrong-us1" }))).toBe("UNAVAILABLE");
  expect(await answer(remove(userId, "archive", { MAILCHIMP_API_KEY: "" }))).toBe("MISCONFIGURED");
  await db.user.update({ where: { id: userId }, data: { erasedAt: new Date() } });
  expect(await answer(remove(userId, "archive"))).toBe("CONFLICT");
});
