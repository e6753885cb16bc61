import type { Db } from "./db/index.ts";
import { EventforkError } from "./errors.ts";
import type { Logger } from "./log.ts";
import type { Messaging } from "./messaging.ts";

export type PassedOver = { step: string; id: string | null; error: string };

export type Role = "admin" | "viewer" | "user";

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
  /** Rows and steps that a job skipped. */
  passedOver?: PassedOver[] | undefined;
};

/** The name in audit entries, rule versions and pauses; for a user, only the id. */
export function nameOfActor(actor: Actor): string {
  if (actor.kind === "system") return `system:${actor.name}`;
  if (actor.kind === "stranger") return "stranger";
  return actor.role === "user" ? actor.id : actor.email;
}

/**
 * For callers that bypass the routers.
 * @throws EventforkError `FORBIDDEN`.
 */
export function requireAdmin({ actor }: Pick<Ctx, "actor">, what: string): void {
  if (actor.kind === "person" && actor.role !== "admin")
    throw new EventforkError("FORBIDDEN", `Only an admin may ${what}.`);
}
