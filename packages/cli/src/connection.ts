import { createDb, probeDatabase } from "@eventfork/core/db";
import { type Env, provideAwsSettings } from "@eventfork/core/env";
import { type Ctx, EventforkError, silentLogger } from "@eventfork/core/kernel";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { flushTraces, startTracing } from "@eventfork/core/traces";
import { readSettings } from "./settings.ts";

export type Connection = { ctx: Ctx; settings: Env; close(): Promise<void> };

/**
 * Connects to a stage, to the environment's services, or to the local stack of this folder.
 * @throws EventforkError `MISCONFIGURED` when there is none.
 */
export async function connect(stage: string | undefined): Promise<Connection> {
  const settings = await readSettings(stage);
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

/** Names the setting where the database cannot be reached. */
export async function explain(thrown: unknown, { settings }: Connection): Promise<unknown> {
  if (thrown instanceof EventforkError) return thrown;
  return probeDatabase(settings).then(
    () => thrown,
    (unreachable: unknown) => unreachable,
  );
}
