import type { Ctx, Role } from "@eventfork/core/platform";
import type { Person } from "@eventfork/core/users";
import { createTestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isSameOrigin } from "../http/request-origin.ts";
import { appRouter } from "./index.ts";

type Caller = ReturnType<typeof appRouter.createCaller>;

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

describe("errors", () => {
  const codeOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);

  test("known errors keep their message and get tRPC's code", async () => {
    const error = await codeOf(callAs("admin").deadLetters.get({ id: "dlt_none" }));
    expect(error).toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("dlt_none") });
  });

  test("input errors name the field", async () => {
    const error = await codeOf(callAs("admin").deliveries.list({ limit: 0 }));
    expect(error).toMatchObject({ code: "BAD_REQUEST", cause: { problems: [{ path: "limit" }] } });
  });

  test("errors of streamed responses are the same", async () => {
    const stream = await callAs("viewer").rules.dryRun({ integration: "slack", policyText: "{" });
    const error = await codeOf(stream[Symbol.asyncIterator]().next());
    expect(error).toMatchObject({ code: "BAD_REQUEST", message: expect.stringContaining("not JSON") });
  });

  test("unexpected errors are masked", async () => {
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
])("a mutation from %s is allowed: %s", (origin, isLetIn) => {
  const headers = new Headers(origin === undefined ? {} : { origin });
  const request = new Request("http://localhost:3000/api/trpc/rules.save", { method: "POST", headers });
  expect(isSameOrigin(request, "http://localhost:3000")).toBe(isLetIn);
});
