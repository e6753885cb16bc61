import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createMessaging } from "@eventfork/core/aws";
import { createDb, probeDatabase } from "@eventfork/core/db";
import { processEnv, provideAwsSettings } from "@eventfork/core/env";
import { type Ctx, EventforkError, silentLogger } from "@eventfork/core/kernel";
import { startTracing } from "@eventfork/core/traces";
import { z } from "zod";

/**
 * What a command needs: from the environment, or from the local stack that runs in this folder.
 * @throws EventforkError `MISCONFIGURED` when there is neither.
 */
export async function connect(): Promise<Ctx> {
  const env = readSettings();
  provideAwsSettings(env);
  await startTracing("cli", env);
  return {
    db: createDb({ connections: 2, env }),
    messaging: createMessaging(env),
    actor: { kind: "system", name: `cli:${env.USER ?? "unknown"}` },
    log: silentLogger,
    now: () => new Date(),
  };
}

const readSettings = () => ({ ...readLocalStack(), ...processEnv() });

/** What went wrong, in words that name the setting where it is the database that cannot be reached. */
export async function explain(thrown: unknown): Promise<unknown> {
  if (thrown instanceof EventforkError) return thrown;
  return probeDatabase(readSettings()).then(
    () => thrown,
    (unreachable: unknown) => unreachable,
  );
}

function readLocalStack(): Record<string, string> {
  const env = processEnv();
  if (env.DATABASE_URL) return {};
  const file = join(env.EVENTFORK_STATE_DIR || ".eventfork", "connection.json");
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const message = `No stack runs here (${file} is not there). Start one with "npm run dev", or set DATABASE_URL, EVENTFORK_TOPIC_ARN and EVENTFORK_QUEUES.`;
    throw new EventforkError("MISCONFIGURED", message, { cause });
  }
}
