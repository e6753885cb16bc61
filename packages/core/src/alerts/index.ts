import { type Env, processEnv } from "../platform/env/index.ts";
import { type Ctx, isolate, messageOf } from "../platform/index.ts";
import { type Channel, readChannels } from "./channels.ts";
import { detectAlerts } from "./detect.ts";

/** A channel that is added later gets no old alerts. */
export async function notifyOperators(
  ctx: Pick<Ctx, "db" | "now" | "log" | "passedOver">,
  env: Env = processEnv(),
): Promise<{ found: number; sent: number }> {
  const { channels, baseUrl } = readChannels(env);
  const found = await detectAlerts(
    ctx,
    channels.map(({ name }) => name),
  );
  const sent = await Promise.all(
    channels.map((channel) => isolate(ctx, `alerts by ${channel.name}`, () => sendAlerts(ctx, channel, baseUrl))),
  );
  return { found, sent: sent.reduce<number>((sum, count) => sum + (count ?? 0), 0) };
}

const linesPerMessage = 20;

const minutesBetween = 5;

/** After that, another process may send the alerts again. */
const claimSeconds = 60;
const retrySeconds = 60;

type AlertRow = { id: string; text: string; path: string };

/** Claims before the send, marks after it: delivery is at least once. */
async function sendAlerts(
  ctx: Pick<Ctx, "db" | "now" | "log">,
  { name, send }: Channel,
  baseUrl: string,
): Promise<number> {
  const now = ctx.now();
  const rows = await claimUnsent(ctx, name);
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  try {
    await send(composeText(rows, baseUrl));
    await ctx.db.alert.updateMany({
      where: { id: { in: ids } },
      data: { sentAt: now, claimedUntil: null, error: null },
    });
    return rows.length;
  } catch (error) {
    ctx.log.warn({ channel: name, error: messageOf(error) }, "an alert could not be sent; it is attempted again");
    const claimedUntil = new Date(now.getTime() + retrySeconds * 1_000);
    await ctx.db.alert.updateMany({ where: { id: { in: ids } }, data: { claimedUntil, error: messageOf(error) } });
    return 0;
  }
}

function claimUnsent({ db, now: clock }: Pick<Ctx, "db" | "now">, channel: string): Promise<AlertRow[]> {
  const now = clock();
  const quietFrom = new Date(now.getTime() - minutesBetween * 60_000);
  const claimedUntil = new Date(now.getTime() + claimSeconds * 1_000);
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`alerts.${channel}`}))`;
    const rows = await tx.$queryRaw<AlertRow[]>`
      UPDATE alert SET claimed_until = ${claimedUntil}, attempts = attempts + 1
      WHERE channel = ${channel} AND sent_at IS NULL
        AND NOT EXISTS (SELECT FROM alert WHERE channel = ${channel} AND sent_at > ${quietFrom})
        AND NOT EXISTS (SELECT FROM alert WHERE channel = ${channel} AND sent_at IS NULL AND claimed_until > ${now})
      RETURNING id, text, path`;
    return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
  });
}

function composeText(rows: readonly AlertRow[], baseUrl: string): string {
  const lines = rows.slice(0, linesPerMessage).map(({ text, path }) => `${text}\n${baseUrl}${path}`);
  const more = rows.length - lines.length;
  const rest = more > 0 ? [`And ${more} more: ${baseUrl}/admin/dead-letters`] : [];
  return [...lines, ...rest].join("\n\n");
}
