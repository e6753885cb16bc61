import { type Env, processEnv } from "../env/index.ts";
import type { Ctx } from "../kernel/index.ts";
import { readChannels } from "./channels.ts";
import { detectAlerts } from "./detect.ts";
import { sendAlerts } from "./send.ts";

/**
 * Detects alerts and sends them through the channels that the environment names. Without any, alerts count as sent: a
 * channel that is set later is not told of the past.
 */
export async function tellOperators(
  ctx: Pick<Ctx, "db" | "now" | "log">,
  env: Env = processEnv(),
): Promise<{ found: number; sent: number }> {
  const { channels, baseUrl } = readChannels(env);
  const found = await detectAlerts(
    ctx,
    channels.map(({ name }) => name),
  );
  const sent = await Promise.all(channels.map((channel) => sendAlerts(ctx, channel, baseUrl)));
  return { found, sent: sent.reduce((sum, count) => sum + count, 0) };
}
