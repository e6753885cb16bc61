import type { Ctx, Role } from "@eventfork/core/kernel";
import { createTestCtx } from "@eventfork/core/testing";
import type { Person } from "@eventfork/core/users";
import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isSameOrigin } from "./origin.ts";
import { appRouter } from "./router.ts";

type Call = { path: string; change: boolean; call: (caller: Caller) => Promise<unknown> };
type Caller = ReturnType<typeof appRouter.createCaller>;

const policyText = JSON.stringify({ type: ["user.signed_up"] });

/** Every procedure of the router, with an input that it takes. */
const calls: readonly Call[] = [
  {
    path: "deadLetters.checkEdit",
    change: true,
    call: (caller) => caller.deadLetters.checkEdit({ id: "dlt_none", body: "{}" }),
  },
  { path: "deadLetters.countOpen", change: false, call: (caller) => caller.deadLetters.countOpen({}) },
  {
    path: "deadLetters.discard",
    change: true,
    call: (caller) => caller.deadLetters.discard({ filter: {}, reason: "a test" }),
  },
  {
    path: "deadLetters.editAndReplay",
    change: true,
    call: (caller) => caller.deadLetters.editAndReplay({ id: "dlt_none", body: "{}" }),
  },
  { path: "deadLetters.get", change: false, call: (caller) => caller.deadLetters.get({ id: "dlt_none" }) },
  { path: "deadLetters.group", change: false, call: (caller) => caller.deadLetters.group({ fingerprint: "0" }) },
  { path: "deadLetters.groups", change: false, call: (caller) => caller.deadLetters.groups({}) },
  { path: "deadLetters.list", change: false, call: (caller) => caller.deadLetters.list({}) },
  { path: "deadLetters.replay", change: true, call: (caller) => caller.deadLetters.replay({ all: true }) },
  { path: "deadLetters.restore", change: true, call: (caller) => caller.deadLetters.restore({ filter: {} }) },
  { path: "deadLetters.reveal", change: true, call: (caller) => caller.deadLetters.reveal({ id: "dlt_none" }) },
  { path: "deliveries.list", change: false, call: (caller) => caller.deliveries.list({}) },
  { path: "events.explain", change: false, call: (caller) => caller.events.explain({ eventId: "evt_none" }) },
  { path: "events.list", change: false, call: (caller) => caller.events.list({}) },
  {
    path: "events.sendAnyway",
    change: true,
    call: (caller) => caller.events.sendAnyway({ eventId: "evt_none", integration: "slack" }),
  },
  { path: "integrations.list", change: false, call: (caller) => caller.integrations.list() },
  {
    path: "integrations.pause",
    change: true,
    call: (caller) => caller.integrations.pause({ integration: "slack", reason: "a test" }),
  },
  { path: "integrations.resume", change: true, call: (caller) => caller.integrations.resume({ integration: "slack" }) },
  { path: "outbox.discard", change: true, call: (caller) => caller.outbox.discard({ reason: "a test" }) },
  { path: "outbox.measure", change: false, call: (caller) => caller.outbox.measure() },
  { path: "outbox.retry", change: true, call: (caller) => caller.outbox.retry() },
  { path: "overdue.resend", change: true, call: (caller) => caller.overdue.resend({ integration: "slack" }) },
  { path: "replays.cancel", change: true, call: (caller) => caller.replays.cancel({ id: "rpl_none" }) },
  { path: "replays.get", change: false, call: (caller) => caller.replays.get({ id: "rpl_none" }) },
  { path: "replays.items", change: false, call: (caller) => caller.replays.items({ id: "rpl_none" }) },
  { path: "replays.list", change: false, call: (caller) => caller.replays.list({}) },
  { path: "replays.pause", change: true, call: (caller) => caller.replays.pause({ id: "rpl_none" }) },
  {
    path: "replays.preview",
    change: false,
    call: (caller) => caller.replays.preview({ selection: { source: "dead_letters", filter: {} } }),
  },
  { path: "replays.resume", change: true, call: (caller) => caller.replays.resume({ id: "rpl_none" }) },
  {
    path: "replays.start",
    change: true,
    call: (caller) => caller.replays.start({ selection: { source: "dead_letters", filter: {} } }),
  },
  { path: "rules.adopt", change: true, call: (caller) => caller.rules.adopt({ integration: "slack" }) },
  { path: "rules.checkDrift", change: false, call: (caller) => caller.rules.checkDrift({ integration: "slack" }) },
  {
    path: "rules.countFiltered",
    change: false,
    call: (caller) => caller.rules.countFiltered({ integration: "slack" }),
  },
  { path: "rules.dryRun", change: false, call: (caller) => caller.rules.dryRun({ integration: "slack", policyText }) },
  { path: "rules.get", change: false, call: (caller) => caller.rules.get({ integration: "slack" }) },
  { path: "rules.reapply", change: true, call: (caller) => caller.rules.reapply({ integration: "slack" }) },
  {
    path: "rules.replayFiltered",
    change: true,
    call: (caller) => caller.rules.replayFiltered({ integration: "slack" }),
  },
  {
    path: "rules.rollback",
    change: true,
    call: (caller) => caller.rules.rollback({ integration: "slack", version: 1, expectedVersion: 7 }),
  },
  {
    path: "rules.save",
    change: true,
    call: (caller) => caller.rules.save({ integration: "slack", policyText, expectedVersion: 7 }),
  },
  {
    path: "rules.testEvent",
    change: false,
    call: (caller) => caller.rules.testEvent({ integration: "slack", policyText, event: { text: "{}" } }),
  },
  { path: "rules.troubles", change: false, call: (caller) => caller.rules.troubles() },
];

let ctx: Ctx;

beforeAll(async () => {
  ctx = await createTestCtx();
});

afterAll(() => ctx.db.$disconnect());

function callAs(role: Role | null): Caller {
  const person: Person | null = role && {
    id: `usr_${role}`,
    name: role,
    email: `${role}@example.com`,
    role,
    marketingConsent: false,
    createdAt: new Date(),
  };
  return appRouter.createCaller({ ...ctx, person });
}

/** The code that a call is refused with, or null when it was let in, whatever came of it then. */
async function refusalOf(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    return error instanceof TRPCError && error.code === "FORBIDDEN" ? error.code : null;
  }
}

test("the table below has every procedure of the router", () => {
  expect(calls.map(({ path }) => path)).toEqual(Object.keys(appRouter._def.procedures).sort());
});

describe.each(calls)("$path", ({ change, call }) => {
  test("is closed to strangers and to users without a role", async () => {
    expect(await refusalOf(call(callAs(null)))).toBe("FORBIDDEN");
    expect(await refusalOf(call(callAs("user")))).toBe("FORBIDDEN");
  });

  test(change ? "is closed to viewers and open to admins" : "is open to viewers and to admins", async () => {
    expect(await refusalOf(call(callAs("viewer")))).toBe(change ? "FORBIDDEN" : null);
    expect(await refusalOf(call(callAs("admin")))).toBe(null);
  });
});

describe("errors", () => {
  const codeOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);

  test("of the closed set keep their message and get tRPC's code", async () => {
    const error = await codeOf(callAs("admin").deadLetters.get({ id: "dlt_none" }));
    expect(error).toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("dlt_none") });
  });

  test("of an input name its place", async () => {
    const error = await codeOf(callAs("admin").deliveries.list({ limit: 0 }));
    expect(error).toMatchObject({ code: "BAD_REQUEST", cause: { problems: [{ path: "limit" }] } });
  });

  test("of an answer that comes bit by bit are the same", async () => {
    const stream = await callAs("viewer").rules.dryRun({ integration: "slack", policyText: "{" });
    const error = await codeOf(stream[Symbol.asyncIterator]().next());
    expect(error).toMatchObject({ code: "BAD_REQUEST", message: expect.stringContaining("not JSON") });
  });

  test("that were not thrown on purpose are masked", async () => {
    const broken = {
      ...ctx,
      now: () => {
        throw new Error("the password is hunter2");
      },
    };
    const person = {
      id: "usr_1",
      name: "",
      email: "",
      role: "admin" as const,
      marketingConsent: false,
      createdAt: new Date(),
    };
    const error = await codeOf(
      appRouter.createCaller({ ...broken, person }).integrations.pause({ integration: "slack", reason: "a test" }),
    );
    expect(error).toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
    expect(String(error)).not.toContain("hunter2");
  });
});

test.each([
  ["http://localhost:3000", true],
  ["https://evil.example", false],
  ["null", false],
  [undefined, false],
])("a change from %s is let in: %s", (origin, isLetIn) => {
  const headers = new Headers(origin === undefined ? {} : { origin });
  const request = new Request("http://localhost:3000/api/trpc/rules.save", { method: "POST", headers });
  expect(isSameOrigin(request, "http://localhost:3000")).toBe(isLetIn);
});
