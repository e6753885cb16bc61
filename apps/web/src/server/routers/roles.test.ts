import type { Ctx, Role } from "@eventfork/core/platform";
import type { Person } from "@eventfork/core/users";
import { createTestCtx } from "@eventfork/testing";
import { callTRPCProcedure, type TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appRouter } from "./index.ts";

type Type = "query" | "mutation" | "subscription";

const queries = Object.entries<object>(appRouter._def.procedures)
  .map(([path, procedure]) => ({ path, type: (procedure as { _def: { type: Type } })._def.type }))
  .filter(({ type }) => type === "query");

let ctx: Ctx;

beforeAll(async () => {
  ctx = await createTestCtx();
});

afterAll(() => ctx.db.$disconnect());

function personOf(role: Role): Person {
  return {
    id: `usr_${role}`,
    name: role,
    email: `${role}@example.com`,
    role,
    marketingConsent: false,
    createdAt: new Date(),
  };
}

function call(path: string, type: Type, role: Role, input: unknown): Promise<unknown> {
  return callTRPCProcedure({
    router: appRouter,
    path,
    type,
    ctx: { ...ctx, person: personOf(role) },
    getRawInput: async () => input,
    signal: undefined,
    batchIndex: 0,
  });
}

describe("a viewer", () => {
  const ada = { id: "usr_ada", name: "Ada Lovelace", email: "ada@lovelace.dev" };
  const secrets = ["Lovelace", "lovelace.dev", "203.0.113.7", "Firefox"];
  const event = { specversion: "1.0", id: "evt_ada", type: "user.signed_up", source: "web", subject: ada.id };
  const data = { userId: ada.id, email: ada.email, name: ada.name, marketingConsent: true };
  const now = new Date();

  beforeAll(async () => {
    const { db } = ctx;
    await db.user.create({ data: ada });
    const from = { ipAddress: "203.0.113.7", userAgent: "Firefox" };
    await db.session.create({
      data: { id: "ses_ada", userId: ada.id, token: "t", expiresAt: new Date(Date.now() + 1e6), ...from },
    });
    await db.event.create({
      data: { id: event.id, type: event.type, source: "web", subject: ada.id, time: now, publishedAt: now, data },
    });
    const words = { response: `told ${ada.email}`, errorMessage: `<${ada.email}> exists` };
    const dates = { firstAttemptAt: now, lastAttemptAt: now, updatedAt: now };
    await db.delivery.create({
      data: { eventId: event.id, integration: "mailchimp", eventType: event.type, status: "dead", ...dates, ...words },
    });
    await db.deadLetter.create({
      data: {
        id: "dlt_ada",
        integration: "mailchimp",
        eventId: event.id,
        messageId: "m",
        body: JSON.stringify({ ...event, time: now.toISOString(), data }),
        attributes: {},
        receiveCount: 1,
        archivedAt: now,
        errorClass: "RejectedError",
        reason: words.errorMessage,
        status: "open",
        statusAt: now,
      },
    });
    await db.integrationCheck.create({
      data: { id: "chk_ada", integration: "slack", requestedBy: ada.email, requestedAt: now },
    });
    await db.auditEntry.create({
      data: {
        id: "aud_ada",
        at: now,
        actor: ada.email,
        action: "rule.saved",
        target: "slack",
        ip: "203.0.113.7",
        userAgent: "Firefox",
      },
    });
  });

  const inputs: Record<string, unknown> = {
    "deadLetters.get": { id: "dlt_ada" },
    "events.story": { eventId: "evt_ada" },
    "events.follow": { after: null },
    "deliveries.get": { eventId: "evt_ada", integration: "mailchimp" },
    "integrations.get": { integration: "slack" },
    "people.get": { userId: ada.id },
    "people.events": { userId: ada.id },
    "people.sessions": { userId: ada.id },
    "people.erasure": { userId: ada.id },
    "rules.get": { integration: "slack" },
    "rules.countFiltered": { integration: "slack" },
  };

  test.each(queries)("$path returns no personal data", async ({ path, type }) => {
    const masked = JSON.stringify(await call(path, type, "viewer", inputs[path] ?? {}).catch(String));
    for (const secret of secrets) expect(masked).not.toContain(secret);
  });

  test("personal data that an admin sees is masked", async () => {
    const responses = await Promise.all(
      queries.map(({ path, type }) => call(path, type, "admin", inputs[path] ?? {}).catch(String)),
    );
    for (const secret of secrets) expect(JSON.stringify(responses)).toContain(secret);
  });
});

test("expensive calls are rate limited in the database", async () => {
  const ask = () =>
    call("system.inspect", "query", "admin", undefined).then(
      () => "answered",
      (error: TRPCError) => error.code,
    );
  await ctx.db.turn.updateMany({ where: { key: "system.inspect|usr_admin" }, data: { count: 59 } });
  expect([await ask(), await ask()]).toEqual(["answered", "TOO_MANY_REQUESTS"]);
});
