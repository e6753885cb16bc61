import { ProxyTracerProvider, trace } from "@opentelemetry/api";
import { type Env, isLambda, processEnv, readEnv, tracingEnv } from "../env/index.ts";

/** A consumer keeps two seconds of its invocation. */
const flushMs = 1_000;

let started: Promise<void> | undefined;

/**
 * Enables OpenTelemetry if the environment names a collector. Otherwise nothing of its SDK is loaded, and spans are
 * recorded only where somebody else (a Lambda layer, say) has registered one.
 * @throws EventforkError `MISCONFIGURED`
 */
export function startTracing(service: string, env?: Env): Promise<void> {
  started ??= start(env ?? processEnv(), service);
  return started;
}

async function start(env: Env, service: string): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share } = readEnv(tracingEnv, env);
  if (endpoint === undefined) return;
  const { registerSdk } = await import("./sdk.ts");
  registerSdk({ endpoint, share, service });
}

/**
 * Sends the spans in memory, within a second, before a process is frozen or ends. A collector that does not respond
 * costs its spans and nothing else.
 */
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

/** Lambda freezes a process between invocations; elsewhere spans are sent every few seconds. */
export async function flushBeforeFreeze(): Promise<void> {
  if (findProvider() !== undefined && isLambda(processEnv())) await flushTraces();
}

type Flushable = { forceFlush(): Promise<void> };

/** The registered SDK, behind the API's own proxy. Bundlers load this module more than once: only the API is shared. */
function findProvider(): Flushable | undefined {
  const proxy = trace.getTracerProvider();
  const provider = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  return isFlushable(provider) ? provider : undefined;
}

function isFlushable(provider: object): provider is Flushable {
  return "forceFlush" in provider && typeof provider.forceFlush === "function";
}
