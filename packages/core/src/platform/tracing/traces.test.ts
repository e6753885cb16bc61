import { type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx, narrowToOwn } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { toRecord } from "@eventfork/worker/mappings";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type ConsumeCtx, consume } from "../../deliveries/index.ts";
import * as Outbox from "../../outbox/index.ts";
import { analytics } from "../../providers/segment/index.ts";
import { integrations } from "../../topology/index.ts";
import { createAuth } from "../../users/index.ts";
import { createLogger, noMetrics, silentLogger, traceIdOf } from "../index.ts";
import { flushTraces, inSpan, startTracing } from "./index.ts";

const spanSchema = z.object({
  name: z.string(),
  kind: z.number(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(""),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.number().default(0) }).default({ code: 0 }),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })).default([]),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

type Span = z.output<typeof spanSchema>;

const browsersTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const browsersSpan = "00f067aa0ba902b7";
const origin = "http://localhost:3000";

let ctx: Awaited<ReturnType<typeof createTestCtx>>;
let collector: HttpRecorder;
let party: HttpRecorder;
let lines: string[];

beforeAll(async () => {
  [ctx, collector, party] = await Promise.all([createTestCtx(), startHttpRecorder(), startHttpRecorder()]);
  const key = { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20of-the-collector" };
  await startTracing("test", { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, ...key });
});
beforeEach(async () => {
  await flushTraces();
  collector.forget();
  party.forget();
  lines = [];
});
afterAll(() => Promise.all([collector.stop(), party.stop()]));

async function exportedSpans(): Promise<Span[]> {
  await flushTraces();
  expect(collector.requests.every(({ path }) => path === "/v1/traces")).toBe(true);
  for (const { headers } of collector.requests) expect(headers.authorization).toBe("Bearer of-the-collector");
  return collector.requests.flatMap(({ body }) =>
    exportSchema
      .parse(JSON.parse(body))
      .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

function spanNamed(spans: readonly Span[], name: string): Span {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(", ")}`);
  return found;
}

const attributeOf = (span: Span, key: string) =>
  Object.values(span.attributes.find((attribute) => attribute.key === key)?.value ?? {})[0];

function signUp(traceparent: string): Promise<Response> {
  const auth = createAuth({
    db: ctx.db,
    log: silentLogger,
    secret: "a secret that only this suite's sessions are signed with",
    baseURL: origin,
    clientIp: { header: "x-client-ip", trustedProxies: [] },
    sendMail: null,
    isVerificationRequired: false,
  });
  const body = JSON.stringify({ name: "Ada", email: "ada@lovelace.dev", password: "correct horse battery" });
  const headers = { "content-type": "application/json", origin, "x-client-ip": "10.0.0.1", traceparent };
  return auth.handler(new Request(`${origin}/api/auth/sign-up/email`, { method: "POST", headers, body }));
}

async function deliverBatch(size: number): Promise<void> {
  const consumer: ConsumeCtx = {
    ...ctx,
    log: { ...silentLogger, debug: (fields) => lines.push(JSON.stringify(fields)) },
    messaging: narrowToOwn(ctx.messaging, "analytics"),
    integration: "analytics",
    topology: integrations.analytics,
    connection: analytics.connect({ ANALYTICS_WRITE_KEY: "the-write-key", ANALYTICS_HOST: party.url }),
    metrics: noMetrics,
    retryScale: 1,
    random: Math.random,
  };
  const { url } = ctx.messaging.queues.analytics;
  const messages: Message[] = [];
  while (messages.length < size) {
    const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 });
    messages.push(...((await ctx.messaging.sqs.send(command)).Messages ?? []));
  }
  const records = messages.map((message) => toRecord(message, url));
  expect(await consume(consumer, records, AbortSignal.timeout(8_000))).toEqual({ batchItemFailures: [] });
}

test("one trace runs from the browser's request through SNS to the provider's call, and is in the log", async () => {
  expect((await signUp(`00-${browsersTrace}-${browsersSpan}-01`)).status).toBe(200);
  await Outbox.publishPending(ctx);
  await deliverBatch(1);

  const spans = await exportedSpans();
  const request = spanNamed(spans, "POST /api/auth/sign-up/email");
  const record = spanNamed(spans, "record event");
  const publish = spanNamed(spans, "publish events");
  const batch = spanNamed(spans, "process analytics");
  const call = spanNamed(spans, "POST Analytics");
  const delivery = spanNamed(spans, "deliver to analytics");
  for (const span of [request, record, publish, batch, call, delivery]) expect(span.traceId).toBe(browsersTrace);
  expect(request.parentSpanId).toBe(browsersSpan);
  expect(publish.parentSpanId).toBe(record.spanId);
  expect(batch.parentSpanId).toBe(record.spanId);
  expect(call.parentSpanId).toBe(batch.spanId);
  expect([request.kind, record.kind, publish.kind, batch.kind, call.kind]).toEqual([2, 4, 4, 5, 3]);
  expect(attributeOf(delivery, "eventfork.outcome")).toBe("delivered");
  expect(String(attributeOf(call, "http.response.status_code"))).toBe("200");

  expect(party.requests.map(({ headers }) => headers.traceparent)).toEqual([`00-${browsersTrace}-${call.spanId}-01`]);
  expect(lines.map((line) => JSON.parse(line).traceId)).toEqual([browsersTrace]);
  expect(JSON.stringify(spans)).not.toMatch(/lovelace|"Ada|the-write-key/);
});

test("a batch of several traces is a separate trace that is linked to each, and each has its delivery", async () => {
  const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
  const ids = await Outbox.recordMany(ctx.db, [
    { type: "user.signed_up", data },
    { type: "user.signed_up", data },
  ]);
  await Outbox.publishPending(ctx);
  await deliverBatch(2);

  const rows = await ctx.db.event.findMany({ where: { id: { in: ids.map(({ id }) => id) } } });
  const traces = rows.map(({ traceparent }) => traceIdOf(traceparent) ?? "").toSorted();
  expect(new Set(traces).size).toBe(2);
  const spans = await exportedSpans();
  const batch = spanNamed(spans, "process analytics");
  const call = spanNamed(spans, "POST Analytics");
  expect(traces).not.toContain(batch.traceId);
  expect(batch.links.map(({ traceId }) => traceId).toSorted()).toEqual(traces);
  expect(call).toMatchObject({ traceId: batch.traceId, parentSpanId: batch.spanId });
  const deliveries = spans.filter(({ name }) => name === "deliver to analytics");
  expect(deliveries.map(({ traceId }) => traceId).toSorted()).toEqual(traces);
  for (const { links } of deliveries) expect(links).toEqual([expect.objectContaining({ spanId: batch.spanId })]);
});

test("a failed call is a failed span without the response's text", async () => {
  const failing = inSpan("POST Somebody", { kind: "client", attributes: {} }, async () => {
    throw Object.assign(new Error("the password is hunter2"), { code: "ECONNREFUSED" });
  });
  await expect(failing).rejects.toThrow("hunter2");
  const spans = await exportedSpans();
  const span = spanNamed(spans, "POST Somebody");
  expect([span.status.code, attributeOf(span, "error.type")]).toEqual([2, "ECONNREFUSED"]);
  expect(JSON.stringify(spans)).not.toContain("hunter2");
});

test("a collector that does not respond delays a flush for about a second, and nothing else", async () => {
  collector.answerWith("hang");
  expect(await inSpan("work", { kind: "client", attributes: {} }, async () => "done")).toBe("done");
  const startedAt = performance.now();
  await flushTraces();
  expect(performance.now() - startedAt).toBeLessThan(1_900);
});

test("a log line without a trace gets that of the active span", async () => {
  const written: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = (line: string | Uint8Array) => written.push(String(line)) > 0;
  try {
    const log = createLogger({ name: "test", level: "info" });
    await inSpan(
      "work",
      { kind: "client", attributes: {}, traceparents: [`00-${browsersTrace}-${browsersSpan}-01`] },
      async () => {
        log.info({}, "inside");
        log.info({ traceId: "its own" }, "inside");
      },
    );
    log.info({}, "outside");
  } finally {
    process.stdout.write = write;
  }
  expect(written.map((line) => JSON.parse(line).traceId)).toEqual([browsersTrace, "its own", undefined]);
});
