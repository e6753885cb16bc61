import type { Messaging } from "../aws/index.ts";
import type { Db } from "../db/index.ts";
import type { Logger } from "./log.ts";

export type Role = "admin" | "viewer" | "user";

/** Who is asking. Programs of the system itself act under their own name; a stranger is somebody who is not signed in. */
export type Actor =
  | { kind: "person"; id: string; email: string; role: Role }
  | { kind: "system"; name: string }
  | { kind: "stranger" };

/** Where a request came from, as far as that is known. */
export type RequestOrigin = { ip: string | null; userAgent: string | null };

/** What every verb is given first: nothing is found in the background. Verbs name the part of it that they use. */
export type Ctx = {
  db: Db;
  messaging: Messaging;
  actor: Actor;
  log: Logger;
  now: () => Date;
  /** Where the request came from, for the audit log. Programs have none. */
  from?: RequestOrigin | undefined;
};

/** How an actor is named in audit entries, rule versions and pauses: operators by their address, users by their id alone. */
export function nameOfActor(actor: Actor): string {
  if (actor.kind === "system") return `system:${actor.name}`;
  if (actor.kind === "stranger") return "stranger";
  return actor.role === "user" ? actor.id : actor.email;
}
