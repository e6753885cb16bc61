import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Env, processEnv } from "@eventfork/core/env";
import { EventforkError } from "@eventfork/core/kernel";
import { z } from "zod";

/**
 * A stage's settings; without one the environment's, or the local stack's of this folder.
 * @throws EventforkError `MISCONFIGURED` when there is none.
 */
export async function readSettings(stage: string | undefined): Promise<Env> {
  const env = processEnv();
  if (stage === undefined) return { ...readLocalStack(env), ...env };
  const { readStage } = await import("./stage.ts");
  return { USER: env.USER, ...(await readStage(stage)) };
}

function readLocalStack(env: Env): Env {
  if (env.DATABASE_URL) return {};
  const file = join(env.EVENTFORK_STATE_DIR || ".eventfork", "connection.json");
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const message = `No stack runs here (${file} is not there). Start one with "npm run dev", set DATABASE_URL, EVENTFORK_TOPIC_ARN and EVENTFORK_QUEUES, or name a deployed stage with --stage.`;
    throw new EventforkError("MISCONFIGURED", message, { cause });
  }
}
