import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLogger } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { integrationNames, topologyOf } from "@eventfork/core/topology";
import type { Stack, StackExtras } from "../stack/index.ts";
import { readSecrets, type StateFolder } from "../state/index.ts";
import { fillDemo } from "./fill.ts";

export { fillDemo } from "./fill.ts";
export { startStream } from "./stream.ts";

const fewestPeople = 100;

const keys = new Set<string>([
  ...integrationNames.flatMap((name) => [...topologyOf(name).secrets, ...topologyOf(name).settings]),
  "EVENTFORK_MAIL_FROM",
]);

export function withoutKeys(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keys.has(name)));
}

/**
 * Undefined for the default.
 * @throws Error with the usage.
 */
export function readPeople(args: readonly string[]): number | undefined {
  const { values } = parseArgs({ args: [...args], options: { people: { type: "string" } } });
  if (values.people === undefined) return undefined;
  const people = Number(values.people);
  if (!Number.isSafeInteger(people) || people < fewestPeople)
    throw new Error(`npm run demo -- --people N: ${fewestPeople} or more, as its stories need them.`);
  return people;
}

export async function demoExtras(
  state: StateFolder,
  log: (line: string) => void,
  people: number | undefined,
): Promise<StackExtras> {
  const [begun, filled] = [join(state.folder, "demo-begun"), join(state.folder, "demo-filled")];
  if (existsSync(begun)) {
    log("the last start was stopped before its past was complete: it begins anew.");
    for (const path of [state.postgres, state.broker, state.sandbox, begun])
      await rm(path, { recursive: true, force: true });
  }
  const prepare = async (env: Env) => {
    if (existsSync(filled)) return;
    const db = createDb({ connections: 5, env });
    try {
      if ((await db.event.findFirst({ select: { id: true } })) !== null) {
        throw new Error(
          "The demo fills an empty database, and this one holds events. Give it a folder of its own in EVENTFORK_STATE_DIR, " +
            "or an empty database in DATABASE_URL.",
        );
      }
      await writeFile(begun, "");
      const [{ adminEmail }, now] = [await readSecrets(state), () => new Date()];
      const actor = { kind: "system", name: "demo" } as const;
      const ctx = { db, messaging: createMessaging(env), actor, log: silentLogger, now };
      const made = await fillDemo(ctx, { adminEmail, until: now(), ...(people !== undefined && { people }) });
      await rename(begun, filled);
      log(
        `a fortnight of ${made.people} people, ${formatNumber(made.events)} events, ${formatNumber(made.deliveries)} deliveries.`,
      );
    } finally {
      await db.$disconnect();
    }
  };
  return { prepare, more: (sandbox) => [{ name: "stream", module: "stream", args: [sandbox] }] };
}

export function describeDemo({ web }: Stack): string[] {
  const admin = `${web}/admin`;
  return [
    "All people, addresses and operators here are invented. Their stories:",
    `Slack's outage, three days ago: ${admin}?range=7d, then ${admin}/dead-letters and ${admin}/replays`,
    `a rule that filtered out too much, found a day later: ${admin}/rules/slack, and why in any event of those days at ${admin}/events`,
    `who did what: ${admin}/audit; addresses that Mailchimp refuses: ${admin}/dead-letters; people: ${admin}/people`,
    "",
  ];
}
