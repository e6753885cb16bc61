import { createTestCtx } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Ctx, type Metrics, noMetrics } from "../platform/index.ts";
import { reconcile } from "../reconciliation/index.ts";
import { pauseIntegration, resumeIntegration } from "./index.ts";
import { pause } from "./pause.ts";

const slackUuid = "14e0db71-5d35-4eb5-b481-8945cf9d10c2";
const strangerUuid = "00000000-5d35-4eb5-b481-8945cf9d10c2";
const path = "/2015-03-31/event-source-mappings";

let ctx: Ctx & { metrics: Metrics };
let lambda: HttpRecorder;
/** Source: Lambda's API reference, Get- and UpdateEventSourceMapping. */
let state: string;

beforeAll(async () => {
  lambda = await startHttpRecorder();
  process.env.AWS_ENDPOINT_URL_LAMBDA = lambda.url;
});
afterAll(() => lambda.stop());

beforeEach(async () => {
  const base = await createTestCtx();
  ctx = { ...base, messaging: { ...base.messaging, mappings: { slack: slackUuid } }, metrics: noMetrics };
  state = "Enabled";
  lambda.forget();
  lambda.answerWith(({ method, path: asked, body }) => {
    if (asked.replace(/\/$/, "") !== `${path}/${slackUuid}`) {
      const headers = { "x-amzn-errortype": "ResourceNotFoundException" };
      return { status: 404, headers, body: { Type: "User", Message: "The resource you requested does not exist." } };
    }
    if (method === "PUT") state = JSON.parse(body).Enabled ? "Enabled" : "Disabled";
    return { status: method === "PUT" ? 202 : 200, body: { UUID: slackUuid, State: state } };
  });
});

const mappingOf = async () => (await reconcile(ctx)).integrations.slack.mapping;
const changes = () =>
  lambda.requests
    .filter(({ method, path: asked }) => method === "PUT" && asked.includes(slackUuid))
    .map(({ body }) => JSON.parse(body));

test("a manual pause stops polling, and a resume starts it again", async () => {
  await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
  expect(state).toBe("Disabled");
  await resumeIntegration(ctx, { integration: "slack" });
  expect(state).toBe("Enabled");
  expect(lambda.requests).toMatchObject([
    { method: "PUT", path: `${path}/${slackUuid}`, body: '{"Enabled":false}' },
    { method: "PUT", path: `${path}/${slackUuid}`, body: '{"Enabled":true}' },
  ]);
});

test("bad credentials stop polling; an outage does not, because its probes need messages", async () => {
  await pause(ctx, { integration: "slack", reason: "down", kind: "outage", probeAt: new Date() });
  expect(await mappingOf()).toBe("enabled");
  expect(changes()).toEqual([]);
  await pause(ctx, { integration: "slack", reason: "revoked", kind: "credentials", probeAt: null });
  expect(state).toBe("Disabled");
});

test("a pause is in effect while Lambda is down, and the next reconciliation stops polling", async () => {
  const online = ctx;
  const offline = { ...ctx, messaging: { ...ctx.messaging, mappings: { slack: strangerUuid } } };
  await pauseIntegration(offline, { integration: "slack", reason: "maintenance" });
  expect(state).toBe("Enabled");
  ctx = { ...offline, metrics: noMetrics };
  expect(await mappingOf()).toBe("failed");
  ctx = online;
  expect(await mappingOf()).toBe("was enabled");
  expect(state).toBe("Disabled");
  expect(await mappingOf()).toBe("disabled");
  expect(changes()).toEqual([{ Enabled: false }]);
});

test("a mapping that was disabled outside is enabled again", async () => {
  state = "Disabled";
  expect(await mappingOf()).toBe("was disabled");
  expect(state).toBe("Enabled");
});

test("a mapping that Lambda is still changing is left for the next run", async () => {
  await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
  state = "Updating";
  expect(await mappingOf()).toBe("changing");
  expect(state).toBe("Updating");
});

test("without mappings, Lambda is not called", async () => {
  ctx = { ...ctx, messaging: { ...ctx.messaging, mappings: {} } };
  await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
  expect(await mappingOf()).toBeNull();
  await resumeIntegration(ctx, { integration: "slack" });
  expect(lambda.requests).toEqual([]);
});
