import type { Messaging } from "../aws/index.ts";
import type { Db } from "../db/index.ts";
import type { PassedOver } from "./isolate.ts";
import type { Logger } from "./log.ts";

export type Role = "admin" | "viewer" | "user";

/** Programs of the system act under their own name; a stranger is not signed in. */
export type Actor =
  | { kind: "person"; id: string; email: string; role: Role }
  | { kind: "system"; name: string }
  | { kind: "stranger" };

export type RequestOrigin = { ip: string | null; userAgent: string | null };

export type Ctx = {
  db: Db;
  messaging: Messaging;
  actor: Actor;
  log: Logger;
  now: () => Date;
  from?: RequestOrigin | undefined;
  /** Within a job: where it notes the rows and steps that it passed over. */
  passedOver?: PassedOver[] | undefined;
};

/** The name in audit entries, rule versions and pauses: an operator's address, a user's id alone. */
export function nameOfActor(actor: Actor): string {
  if (actor.kind === "system") return `system:${actor.name}`;
  if (actor.kind === "stranger") return "stranger";
  return actor.role === "user" ? actor.id : actor.email;
}
