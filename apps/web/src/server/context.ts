import type { Ctx } from "@eventfork/core/platform";
import type { Auth } from "@eventfork/core/users";

export type Runtime = Omit<Ctx, "actor"> & {
  auth: Auth;
  baseURL: string;
  authorizationHeader?: string;
  hasMail: boolean;
  isVerificationRequired: boolean;
  isInMaintenance: boolean;
  publishOutbox: () => Promise<void>;
};

// On `globalThis`: Next loads a module several times.
const shared: { eventforkRuntime?: Runtime } = globalThis as { eventforkRuntime?: Runtime };

/** @throws Error before the process's runtime is created. */
export function getRuntime(): Runtime {
  if (shared.eventforkRuntime === undefined)
    throw new Error("the web app's runtime is made by server/start.ts, which did not run");
  return shared.eventforkRuntime;
}

export function setRuntime(runtime: Runtime): void {
  shared.eventforkRuntime = runtime;
}
