import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ctx, EventforkError, silentLogger } from "@eventfork/core/platform";
import { createDb, probeDatabase } from "@eventfork/core/platform/db";
import { type Env, processEnv, provideAwsSettings } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { flushTraces, startTracing } from "@eventfork/core/platform/tracing";
import { z } from "zod";

type StackConnection = { ctx: Ctx; settings: Env; close(): Promise<void> };

/** @throws EventforkError `MISCONFIGURED` without a stage, an environment or a local stack. */
export async function connect(stage: string | undefined): Promise<StackConnection> {
  const settings = await readStackSettings(stage);
  provideAwsSettings(settings, { isWhole: stage !== undefined });
  await startTracing("cli", settings);
  const db = createDb({ connections: 2, env: settings });
  const ctx: Ctx = {
    db,
    messaging: createMessaging(settings),
    actor: { kind: "system", name: `cli:${settings.USER ?? "unknown"}` },
    log: silentLogger,
    now: () => new Date(),
  };
  return {
    ctx,
    settings,
    close: async () => {
      await Promise.all([db.$disconnect(), flushTraces()]);
    },
  };
}

export async function explainFailure(thrown: unknown, { settings }: StackConnection): Promise<unknown> {
  if (thrown instanceof EventforkError) return thrown;
  return probeDatabase(settings).then(
    () => thrown,
    (unreachable: unknown) => unreachable,
  );
}

async function readStackSettings(stage: string | undefined): Promise<Env> {
  const env = processEnv();
  if (stage === undefined) return { ...readLocalStack(env), ...env };
  const { readStageSettings } = await import("./stage.ts");
  return { USER: env.USER, ...(await readStageSettings(stage)) };
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
