import type { Messaging } from "../aws/index.ts";
import type { Db } from "../db/index.ts";
import type { Logger } from "./log.ts";

export type Role = "admin" | "viewer" | "user";

/** Who is asking. Programs of the system itself act under their own name. */
export type Actor = { kind: "person"; id: string; email: string; role: Role } | { kind: "system"; name: string };

/** What every verb is given first: nothing is found in the background. Verbs name the part of it that they use. */
export type Ctx = {
  db: Db;
  messaging: Messaging;
  actor: Actor;
  log: Logger;
  now: () => Date;
};

/** How an actor is named in audit entries, rule versions and pauses. */
export function nameOfActor(actor: Actor): string {
  return actor.kind === "person" ? actor.email : `system:${actor.name}`;
}
