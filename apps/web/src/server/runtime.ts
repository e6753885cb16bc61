import type { Ctx } from "@eventfork/core/kernel";
import type { Auth } from "@eventfork/core/users";

export type Runtime = Omit<Ctx, "actor"> & {
  auth: Auth;
  baseURL: string;
  /** Whether mail can be sent, and so a forgotten password reset. */
  hasMail: boolean;
  /** Publishes what is in the outbox, for after an answer. What fails the relay does. */
  publishOutbox: () => Promise<void>;
};

// On `globalThis`, because Next loads modules several times: for the start, for each router, for route handlers.
const shared: { eventforkRuntime?: Runtime } = globalThis as { eventforkRuntime?: Runtime };

/** What every request is served with: made once for each process, before its first request. @throws Error when it was not. */
export function getRuntime(): Runtime {
  if (shared.eventforkRuntime === undefined)
    throw new Error("the web app's runtime is made by server/start.ts, which did not run");
  return shared.eventforkRuntime;
}

export function setRuntime(runtime: Runtime): void {
  shared.eventforkRuntime = runtime;
}
