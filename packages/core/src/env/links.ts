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

function variableName(link: string): string {
  return link.replace(/(?<!^)[A-Z]/g, "_$&").toUpperCase();
}
