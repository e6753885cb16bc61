import { EventforkError } from "../errors.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** The link `SlackBotToken` becomes `SLACK_BOT_TOKEN`. */
export function readLinks(links: object): Env {
  const entries = Object.entries(links).flatMap(([name, link]: [string, unknown]) => {
    if (typeof link !== "object" || link === null || !("value" in link)) return [];
    const { value } = link;
    return [[variableName(name), typeof value === "string" ? value : JSON.stringify(value)] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * The environment wins, except for the database: a process must not mix two stages.
 * @throws EventforkError `MISCONFIGURED` with both databases, without passwords.
 */
export function joinEnv(linked: Env, environment: Env): Env {
  const [stages, own] = [linked.DATABASE_URL, environment.DATABASE_URL].map((url) => databaseOf(url ?? ""));
  if (stages && own && stages !== own) {
    const message = `DATABASE_URL names ${own}, and the stage's functions use ${stages}. Take DATABASE_URL out of this process's environment (a .env file?), or start the stage with it.`;
    throw new EventforkError("MISCONFIGURED", message);
  }
  return { ...linked, ...environment };
}

function databaseOf(url: string): string {
  const { host = "", pathname = "" } = URL.parse(url) ?? {};
  return host + pathname;
}

function variableName(link: string): string {
  return link.replace(/(?<!^)[A-Z]/g, "_$&").toUpperCase();
}
