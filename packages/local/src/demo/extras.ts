import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createDb } from "@eventfork/core/db";
import type { Env } from "@eventfork/core/env";
import { silentLogger } from "@eventfork/core/kernel";
import { sayNumber } from "@eventfork/core/kernel/numbers";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { integrationNames, topologyOf } from "@eventfork/core/topology";
import type { Stack, StackExtras } from "../stack/index.ts";
import { readSecrets, type StateFolder } from "../state/index.ts";
import { fillDemo, hasPast } from "./fill.ts";

type Say = (line: string) => void;

const connections = 5;
const fewestPeople = 100;

/** Variables with which the stack would reach a real third party, or send real mail. */
const keys = new Set<string>([
  ...integrationNames.flatMap((name) => [...topologyOf(name).secrets, ...topologyOf(name).settings]),
  "EVENTFORK_MAIL_FROM",
]);

/** The environment without them: invented people go to the sandbox alone. */
export function withoutKeys(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keys.has(name)));
}

/** How many people the demo is told to have (`--people N`); undefined for as many as it usually has. @throws Error with the usage. */
export function readPeople(args: readonly string[]): number | undefined {
  const { values } = parseArgs({ args: [...args], options: { people: { type: "string" } } });
  if (values.people === undefined) return undefined;
  const people = Number(values.people);
  if (!Number.isSafeInteger(people) || people < fewestPeople)
    throw new Error(`npm run demo -- --people N: ${fewestPeople} or more, as its stories need them.`);
  return people;
}

/** What the demo's stack has beside the others: a past, made at its first start, and a stream of people. */
export async function demoExtras(state: StateFolder, say: Say, people: number | undefined): Promise<StackExtras> {
  const marks = { begun: join(state.folder, "demo-begun"), filled: join(state.folder, "demo-filled") };
  if (existsSync(marks.begun)) {
    say("the last start was stopped before its past was complete: it begins anew.");
    for (const path of [state.postgres, state.broker, state.sandbox]) await rm(path, { recursive: true, force: true });
    await rm(marks.begun);
  }
  return {
    prepare: async (env) => {
      if (existsSync(marks.filled)) return;
      await fill({ env, state, say, people, begin: () => writeFile(marks.begun, "") });
      await writeFile(marks.filled, "");
      await rm(marks.begun);
    },
    more: (sandbox) => [{ name: "stream", module: "stream", args: [sandbox] }],
  };
}

type Filling = { env: Env; state: StateFolder; say: Say; people: number | undefined; begin: () => Promise<void> };

async function fill({ env, state, say, people: asked, begin }: Filling): Promise<void> {
  const db = createDb({ connections, env });
  try {
    if (await hasPast(db)) {
      throw new Error(
        "The demo fills an empty database, and this one holds events. Give it a folder of its own in EVENTFORK_STATE_DIR, " +
          "or an empty database in DATABASE_URL.",
      );
    }
    const long = asked === undefined ? ": about half a minute" : "";
    say(`filling the database with a fortnight of traffic, once${long}…`);
    await begin();
    const { adminEmail } = await readSecrets(state);
    const now = () => new Date();
    const actor = { kind: "system", name: "demo" } as const;
    const ctx = { db, messaging: createMessaging(env), actor, log: silentLogger, now };
    const { people, events, deliveries } = await fillDemo(ctx, {
      ...{ adminEmail, until: now() },
      ...(asked !== undefined && { people: asked }),
    });
    say(`${people} people, ${sayNumber(events)} events, ${sayNumber(deliveries)} deliveries.`);
  } finally {
    await db.$disconnect();
  }
}

/** Where each of its stories is. */
export function describeDemo({ web }: Stack): string[] {
  const admin = `${web}/admin`;
  return [
    "All people, addresses and operators here are invented. Their stories:",
    `Slack's outage, three days ago: ${admin}?range=7d, then ${admin}/dead-letters and ${admin}/replays`,
    `a rule that kept out too much, found a day later: ${admin}/rules/slack, and why in any event of those days at ${admin}/events`,
    `who did what: ${admin}/audit; addresses that Mailchimp refuses: ${admin}/dead-letters; people: ${admin}/people`,
    "",
  ];
}
