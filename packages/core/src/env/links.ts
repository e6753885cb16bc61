import { EventforkError } from "../kernel/errors.ts";
import type { Env } from "./index.ts";

/**
 * The link `SlackBotToken` is `SLACK_BOT_TOKEN`; a value that is no text becomes JSON. Links without a `value` belong
 * to other components.
 */
export function readLinks(links: object): Env {
  const entries = Object.entries(links).flatMap(([name, link]: [string, unknown]) => {
    if (typeof link !== "object" || link === null || !("value" in link)) return [];
    const { value } = link;
    return [[variableName(name), typeof value === "string" ? value : JSON.stringify(value)] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * What is set in the environment wins, but for the database: one process would write into another than the stage's functions.
 * @throws EventforkError `MISCONFIGURED` naming both, without their passwords.
 */
export function joinEnv(linked: Env, environment: Env): Env {
  const [stages, own] = [linked.DATABASE_URL, environment.DATABASE_URL].map((url) => placeOf(url ?? ""));
  if (stages && own && stages !== own) {
    const message = `DATABASE_URL names ${own}, and the stage's functions use ${stages}. Take DATABASE_URL out of this process's environment (a .env file?), or start the stage with it.`;
    throw new EventforkError("MISCONFIGURED", message);
  }
  return { ...linked, ...environment };
}

/** Host and database. Empty for what is no address. */
function placeOf(url: string): string {
  const { host = "", pathname = "" } = URL.parse(url) ?? {};
  return host + pathname;
}

function variableName(link: string): string {
  return link.replace(/(?<!^)[A-Z]/g, "_$&").toUpperCase();
}
