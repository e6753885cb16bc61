import { join } from "node:path";
import { createApiKey } from "@eventfork/core/api-keys";
import type { Ctx } from "@eventfork/core/platform";
import { createAuth } from "@eventfork/core/users";
import { createTestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signUpForm } from "../lib/auth-forms.ts";
import { type Runtime, setRuntime } from "./context.ts";
import { answerForm, findReturned } from "./http/forms.ts";
import { answerIngest } from "./http/ingest.ts";
import { appRouter } from "./routers/index.ts";

const baseURL = "http://localhost:3000";
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };
const sentence = "Eventfork is under maintenance. Nothing was written: try again in a few minutes.";

let ctx: Ctx;
const createTestAuth = (isInMaintenance: boolean) =>
  createAuth({
    ...{ db: ctx.db, log: ctx.log, baseURL, secret: "a secret that only this suite's sessions are signed with" },
    ...{ clientIp: { header: "x-client-ip", trustedProxies: [] }, sendMail: () => undefined },
    ...{ isVerificationRequired: false, isInMaintenance },
  });

beforeAll(async () => {
  ctx = await createTestCtx();
});
afterAll(() => ctx.db.$disconnect());

const ask = (path: string, { body, cookie }: { body?: object; cookie?: string } = {}, isInMaintenance = true) =>
  createTestAuth(isInMaintenance).handler(
    new Request(`${baseURL}/api/auth${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        origin: baseURL,
        "content-type": "application/json",
        "x-client-ip": "10.0.0.1",
        ...(cookie === undefined ? {} : { cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );

test.each([
  ["/sign-up/email", ada],
  ["/sign-in/email", ada],
  ["/change-password", { currentPassword: "a", newPassword: "b" }],
  ["/reset-password", { token: "x", newPassword: "correct horse battery" }],
  ["/request-password-reset", { email: ada.email }],
])("during maintenance %s gets a 503 with the time to retry, and writes nothing", async (path, body) => {
  const response = await ask(path, { body });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "300"]);
  expect(await response.json()).toEqual({ code: "MAINTENANCE", message: sentence });
  expect([await ctx.db.user.count(), await ctx.db.event.count(), await ctx.db.turn.count()]).toEqual([0, 0, 0]);
});

test("during maintenance a form without JavaScript returns the message and its values", async () => {
  const headers = { origin: baseURL, "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(ada).toString();
  const request = new Request(`${baseURL}/api/forms/sign-up`, { method: "POST", headers, body });
  const response = await answerForm({ auth: createTestAuth(true), baseURL }, request, signUpForm);
  const [, value = ""] = /form=([\w-]+);/.exec(response.headers.getSetCookie().join()) ?? [];
  expect(findReturned(baseURL, { get: () => ({ value }) }, "/sign-up")).toMatchObject({
    problems: { form: sentence },
    values: { email: ada.email },
  });
});

test("during maintenance the ingestion API refuses events with the time to retry", async () => {
  const { secret } = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" });
  const data = { userId: "usr_1", email: ada.email, name: ada.name, marketingConsent: true };
  const request = new Request(`${baseURL}/api/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body: JSON.stringify({ type: "user.signed_up", data }),
  });
  const response = await answerIngest({ ...ctx, isInMaintenance: true }, request, () => undefined);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "300"]);
  expect(await response.json()).toEqual({ error: { code: "UNAVAILABLE", message: sentence, problems: [] } });
  expect(await ctx.db.event.count()).toBe(0);
});

test("during maintenance operators work, users change nothing, and sessions remain", async () => {
  const signedUp = await ask("/sign-up/email", { body: ada }, false);
  const cookie = signedUp.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  expect(await (await ask("/get-session", { cookie })).json()).toMatchObject({ user: { email: ada.email } });
  const user = await ctx.db.user.findFirstOrThrow();
  const call = (role: "user" | "admin") =>
    appRouter.createCaller({
      ...ctx,
      isInMaintenance: true,
      person: { ...user, role, marketingConsent: false, sessionId: "ses_1" },
    });
  await expect(call("admin").deliveries.list({})).resolves.toMatchObject({ deliveries: [] });
  await expect(call("user").account.rename({ name: "Ada" })).rejects.toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    message: sentence,
  });
  await call("admin").integrations.pause({ integration: "slack", reason: "restore" });
  expect(await ctx.db.integrationState.count({ where: { integration: "slack", pausedAt: { not: null } } })).toBe(1);
});

test("health reports the maintenance and stays healthy", async () => {
  const runtime = { ...ctx, auth: createTestAuth(true), baseURL, isInMaintenance: true } as unknown as Runtime;
  setRuntime(runtime);
  const route = join(import.meta.dirname, "../app/api/health/route.ts");
  const { GET: health }: { GET: () => Promise<Response> } = await import(route);
  const response = await health();
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ maintenance: "on" })]);
  setRuntime({ ...runtime, isInMaintenance: false });
  expect(await (await health()).json()).not.toHaveProperty("maintenance");
});
