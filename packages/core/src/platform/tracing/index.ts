import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { type Env, isLambda, processEnv, readEnv, tracingEnv } from "../env/index.ts";
import { continueTrace, parseTraceparent, sharedTraceparent } from "./traceparent.ts";

export type SpanWork = {
  kind: "producer" | "consumer" | "client";
  /** Never personal data or secrets. Named as in OpenTelemetry's semantic conventions. */
  attributes: Attributes;
  /** The span joins the trace that these events share, and links to each. */
  traceparents?: readonly (string | null | undefined)[];
};

type Traceparent = string | null | undefined;

const kinds = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT };

const getTracer = () => trace.getTracer("eventfork");

export async function inSpan<T>(
  name: string,
  { kind, attributes, traceparents = [] }: SpanWork,
  work: () => Promise<T>,
) {
  const parent = contextOf(sharedTraceparent(traceparents), context.active());
  const span = getTracer().startSpan(name, { kind: kinds[kind], attributes }, parent);
  if (span.isRecording()) span.addLinks(traceparents.flatMap(toLinks));
  return runIn(span, parent, work);
}

export function inRequestSpan<T>(request: Request, work: () => Promise<T>): Promise<T> {
  const { pathname } = new URL(request.url);
  const attributes = { "http.request.method": request.method, "url.path": pathname };
  const traceparent = request.headers.get("traceparent");
  const parent = trace.getActiveSpan() === undefined ? contextOf(traceparent) : context.active();
  const options = { kind: SpanKind.SERVER, attributes };
  return runIn(getTracer().startSpan(`${request.method} ${pathname}`, options, parent), parent, work);
}

async function runIn<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

export function isRecording(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

export function recordSpan(
  name: string,
  traceparent: Traceparent,
  done: { attributes: Attributes; startedAt: Date; durationMs: number; error?: string | null },
): void {
  const active = trace.getActiveSpan();
  if (active?.isRecording() !== true) return;
  const options = { kind: SpanKind.CONSUMER, startTime: done.startedAt, links: [{ context: active.spanContext() }] };
  const span = getTracer().startSpan(name, { ...options, attributes: done.attributes }, contextOf(traceparent));
  if (done.error) span.setStatus({ code: SpanStatusCode.ERROR, message: done.error });
  span.end(done.startedAt.getTime() + done.durationMs);
}

export function traceEvent(traceparent: Traceparent, attributes: Attributes): string {
  const active = trace.getActiveSpan()?.spanContext();
  const parent = active !== undefined && isSpanContextValid(active) ? active : toSpanContext(traceparent);
  const at = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  const span = getTracer().startSpan("record event", { kind: SpanKind.PRODUCER, attributes }, at);
  span.end();
  const own = span.spanContext();
  const isNew = isSpanContextValid(own) && own.spanId !== parent?.spanId;
  return isNew ? toTraceparent(own) : continueTrace(traceparent);
}

export function setSpanAttribute(name: string, value: string | number): void {
  trace.getActiveSpan()?.setAttribute(name, value);
}

export function activeTraceparent(): string | undefined {
  const span = trace.getActiveSpan();
  return span?.isRecording() === true ? toTraceparent(span.spanContext()) : undefined;
}

function fail(span: Span, error: unknown): void {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  span.setAttribute("error.type", code ?? (error instanceof Error ? error.name : "unknown"));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function contextOf(traceparent: Traceparent, otherwise: Context = ROOT_CONTEXT): Context {
  const spanContext = toSpanContext(traceparent);
  return spanContext === undefined ? otherwise : trace.setSpanContext(otherwise, spanContext);
}

function toSpanContext(traceparent: Traceparent): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  return parsed === null ? undefined : { ...parsed, isRemote: true };
}

function toLinks(traceparent: Traceparent): { context: SpanContext }[] {
  const spanContext = toSpanContext(traceparent);
  return spanContext === undefined ? [] : [{ context: spanContext }];
}

function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

const flushMs = 1_000;

let started: Promise<void> | undefined;

/** @throws EventforkError `MISCONFIGURED`. */
export function startTracing(service: string, env?: Env): Promise<void> {
  started ??= start(env ?? processEnv(), service);
  return started;
}

async function start(env: Env, service: string): Promise<void> {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: headers,
    OTEL_TRACES_SAMPLER_ARG: share,
  } = readEnv(tracingEnv, env);
  if (endpoint === undefined) return;
  const { registerSdk } = await import("./sdk.ts");
  registerSdk({ endpoint, headers, share, service });
}

/** Takes a second at most. */
export async function flushTraces(): Promise<void> {
  const provider = findProvider();
  if (provider === undefined) return;
  const timer = new AbortController();
  const limit = new Promise<void>((resolve) => {
    const timeout = setTimeout(resolve, flushMs);
    timer.signal.addEventListener("abort", () => clearTimeout(timeout));
  });
  await Promise.race([provider.forceFlush().catch(() => undefined), limit]);
  timer.abort();
}

/** Lambda freezes a process between invocations. */
export async function flushBeforeFreeze(): Promise<void> {
  if (findProvider() !== undefined && isLambda(processEnv())) await flushTraces();
}

type Flushable = { forceFlush(): Promise<void> };

/** Bundlers load this module more than once, so only the API's global provider is shared. */
function findProvider(): Flushable | undefined {
  const proxy = trace.getTracerProvider();
  const provider = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  return isFlushable(provider) ? provider : undefined;
}

function isFlushable(provider: object): provider is Flushable {
  return "forceFlush" in provider && typeof provider.forceFlush === "function";
}

export { sharedTraceparent, traceIdOf } from "./traceparent.ts";
