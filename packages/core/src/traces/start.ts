import { ProxyTracerProvider, trace } from "@opentelemetry/api";
import { type Env, isLambda, processEnv, readEnv, tracingEnv } from "../env/index.ts";

/** How long a flush may hold up its caller: a consumer keeps two seconds of its invocation. */
const flushMs = 1_000;

let started: Promise<void> | undefined;

/**
 * Switches OpenTelemetry on if the environment names where spans go. Otherwise nothing of its SDK is loaded, and spans are
 * recorded only where somebody else (a Lambda layer, say) has registered one.
 * @throws EventforkError `MISCONFIGURED` when that address is none.
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
 * Sends the spans that are still in memory, within a second: for a process that is about to be frozen or to end. A collector
 * that does not answer costs its spans and nothing else.
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

/** On Lambda, which freezes a process between invocations, what `flushTraces` does; elsewhere spans are sent every few seconds. */
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
