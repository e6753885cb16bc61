import type { Ctx } from "@eventfork/core/kernel";
import type { Auth } from "@eventfork/core/users";

export type Runtime = Omit<Ctx, "actor"> & {
  auth: Auth;
  baseURL: string;
  /** Which of a request's headers holds a program's key. */
  authorizationHeader?: string;
  /** Without mail there is no password reset. */
  hasMail: boolean;
  isVerificationRequired: boolean;
  /** People's and producers' writes are held back. */
  isInMaintenance: boolean;
  /** For after a response; the relay publishes the rest. */
  publishOutbox: () => Promise<void>;
};

// On `globalThis`: Next loads a module several times.
const shared: { eventforkRuntime?: Runtime } = globalThis as { eventforkRuntime?: Runtime };

/** Created once a process, before its first request. @throws Error when it was not. */
export function getRuntime(): Runtime {
  if (shared.eventforkRuntime === undefined)
    throw new Error("the web app's runtime is made by server/start.ts, which did not run");
  return shared.eventforkRuntime;
}

export function setRuntime(runtime: Runtime): void {
  shared.eventforkRuntime = runtime;
}
