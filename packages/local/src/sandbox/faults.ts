import { setTimeout as sleep } from "node:timers/promises";
import type { IntegrationName } from "@eventfork/core/topology";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import type { SandboxLedger } from "./ledger.ts";

export type SandboxEnv = { Bindings: HttpBindings };

export type FakeServiceOptions = {
  ledger: SandboxLedger;
  limits: { enabled: boolean };
  now: () => number;
  applyFault: MiddlewareHandler<SandboxEnv>;
};

export const faultSchema = z.strictObject({
  status: z
    .number()
    .int()
    .min(300)
    .max(599)
    .refine((status) => status !== 304, "should be a status with a body")
    .optional(),
  code: z.string().min(1).max(100).optional(),
  rate: z.number().min(0).max(1).default(1),
  latencyMs: z.number().int().min(0).max(600_000).optional(),
  hang: z.boolean().optional(),
  reset: z.boolean().optional(),
  slowBodyMs: z.number().int().min(0).max(600_000).optional(),
  retryAfterSeconds: z.number().int().min(0).max(86_400).optional(),
  /** Executes the call but loses its response. */
  afterEffect: z.boolean().optional(),
  seed: z.number().int().min(0).default(1),
});

export type SandboxFault = z.output<typeof faultSchema>;

export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  const inForce = new Map<IntegrationName, { fault: SandboxFault; random: () => number }>();
  return {
    get: (integration: IntegrationName): SandboxFault | null => inForce.get(integration)?.fault ?? null,
    set: (integration: IntegrationName, fault: SandboxFault) => {
      inForce.set(integration, { fault, random: createSeededRandom(fault.seed) });
    },
    clear: (integration: IntegrationName) => {
      inForce.delete(integration);
    },
    draw: (integration: IntegrationName): SandboxFault | undefined => {
      const entry = inForce.get(integration);
      return entry !== undefined && entry.random() < entry.fault.rate ? entry.fault : undefined;
    },
  };
}

export type Refusal = (fault: Pick<SandboxFault, "status" | "code" | "retryAfterSeconds">) => Response;

export function faultMiddleware(options: {
  integration: IntegrationName;
  faults: Faults;
  ledger: SandboxLedger;
  refuse: Refusal;
  stopping: AbortSignal;
}): MiddlewareHandler<SandboxEnv> {
  const { integration, faults, ledger, refuse, stopping } = options;
  return async (c, next) => {
    const fault = faults.draw(integration);
    if (fault === undefined) return next();
    ledger.fault(integration);
    if (fault.latencyMs !== undefined) await wait(fault.latencyMs, stopping);
    const answer = toAnswer(fault, c, refuse);
    if (answer === undefined || fault.afterEffect) await next();
    if (answer !== undefined) replace(c, await answer(stopping));
    else if (fault.slowBodyMs !== undefined) replace(c, await slowDown(c.res, fault.slowBodyMs, stopping));
  };
}

function toAnswer(
  fault: SandboxFault,
  c: Context<SandboxEnv>,
  refuse: Refusal,
): ((stopping: AbortSignal) => Promise<Response>) | undefined {
  const { incoming, outgoing } = c.env;
  if (fault.hang) {
    return async (stopping) => {
      if (!outgoing.destroyed && !stopping.aborted) {
        await new Promise<void>((resolve) => {
          outgoing.once("close", resolve);
          stopping.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      return RESPONSE_ALREADY_SENT;
    };
  }
  if (fault.reset) {
    return async () => {
      incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    };
  }
  if (fault.status === undefined && fault.code === undefined) return undefined;
  return async () => refuse(fault);
}

async function slowDown(response: Response, slowBodyMs: number, stopping: AbortSignal): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const middle = Math.ceil(bytes.length / 2);
  const gone = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes.subarray(0, middle));
      await wait(slowBodyMs, AbortSignal.any([stopping, gone.signal]));
      if (gone.signal.aborted) return;
      controller.enqueue(bytes.subarray(middle));
      controller.close();
    },
    cancel: () => gone.abort(),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}

function replace(c: Context<SandboxEnv>, response: Response): void {
  c.res = undefined;
  c.res = response;
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}

/** Mulberry32: numbers from 0 up to 1. */
export function createSeededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
