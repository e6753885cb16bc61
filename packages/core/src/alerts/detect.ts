import type { DeadLetterGroup } from "../dead-letters/index.ts";
import { adviseOn, maskReason } from "../dead-letters/index.ts";
import { describeMissing, type Resource } from "../integrations/index.ts";
import type { Ctx } from "../platform/index.ts";
import { isolateRow, newId, passOver } from "../platform/index.ts";
import { toReplay } from "../replays/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import type { ChannelName } from "./channels.ts";

type Found = {
  kind: "new_group" | "growing_group" | "replay_ended" | "missing_resource";
  text: string;
  path: string;
};

const perRun = 50;

/** Dead letters in the current hour, and their multiple of the previous day's hourly average. */
const growth = { count: 50, times: 4, quietHours: 6 };

/** Each statement also marks its source, so that an alert is recorded once. */
export async function detectAlerts(
  ctx: Pick<Ctx, "db" | "now"> & Partial<Pick<Ctx, "log" | "passedOver">>,
  channels: readonly ChannelName[],
): Promise<number> {
  const now = ctx.now();
  return ctx.db.$transaction(async (tx) => {
    const found: Found[] = [];
    const groups = await tx.$queryRaw<Group[]>`
      UPDATE dead_letter_group g SET announced_at = ${now}, growth_at = ${now} FROM (
        SELECT integration, fingerprint FROM dead_letter_group WHERE announced_at IS NULL AND fingerprint <> ''
        ORDER BY last_seen_at LIMIT ${perRun} FOR UPDATE SKIP LOCKED
      ) chosen WHERE g.integration = chosen.integration AND g.fingerprint = chosen.fingerprint
      RETURNING g.integration, g.fingerprint, error_class AS "errorClass", error_code AS "errorCode", sample, open, people`;
    for (const group of groups) {
      found.push({ kind: "new_group", ...describeReadable(ctx, group, `New at ${group.integration}`) });
    }

    const growing = await tx.$queryRaw<(Group & { deadLetterCount: number })[]>`
      UPDATE dead_letter_group g SET growth_at = ${now} FROM (
        SELECT t.integration, t.fingerprint, t.deaths FROM dead_letter_trend t
        WHERE t.hour = date_trunc('hour', ${now}::timestamptz, 'UTC') AND t.deaths >= ${growth.count}::int
          AND t.deaths >= ${growth.times}::int * coalesce((
            SELECT sum(b.deaths) / 24.0 FROM dead_letter_trend b WHERE b.integration = t.integration
              AND b.fingerprint = t.fingerprint AND b.hour < t.hour AND b.hour >= t.hour - interval '24 hours'), 0)
        ORDER BY t.deaths DESC LIMIT ${perRun}
      ) fast WHERE g.integration = fast.integration AND g.fingerprint = fast.fingerprint
        AND g.growth_at < ${now}::timestamptz - ${growth.quietHours}::int * interval '1 hour'
      RETURNING g.integration, g.fingerprint, error_class AS "errorClass", error_code AS "errorCode", sample, open, people, fast.deaths AS "deadLetterCount"`;
    for (const group of growing) {
      const what = `Growing fast at ${group.integration}: ${group.deadLetterCount} this hour`;
      found.push({ kind: "growing_group", ...describeReadable(ctx, group, what) });
    }

    const ended = await tx.$queryRaw<{ id: string }[]>`
      UPDATE replay r SET announced_at = ${now} FROM (
        SELECT id FROM replay WHERE announced_at IS NULL AND state IN ('completed_with_failures', 'stopped')
        ORDER BY ended_at LIMIT ${perRun} FOR UPDATE SKIP LOCKED
      ) chosen WHERE r.id = chosen.id RETURNING r.id`;
    const rows = await tx.replay.findMany({ where: { id: { in: ended.map(({ id }) => id) } } });
    for (const row of rows) {
      const described = await isolateRow(ctx, "alerts", row.id, () => toReplay(row));
      const words = described === null ? "Open it to see why." : `${described.title}: ${described.sentence}`;
      found.push({ kind: "replay_ended", text: `A replay ended badly. ${words}`, path: `/admin/replays/${row.id}` });
    }

    const missing = await tx.$queryRaw<{ integration: IntegrationName; resource: Resource }[]>`
      UPDATE missing_resource m SET alerted_at = ${now} FROM (
        SELECT integration, resource FROM missing_resource WHERE alerted_at IS NULL
        ORDER BY since LIMIT ${perRun} FOR UPDATE SKIP LOCKED
      ) chosen WHERE m.integration = chosen.integration AND m.resource = chosen.resource
      RETURNING m.integration, m.resource`;
    for (const { integration, resource } of missing) {
      const text = `${describeMissing(integration, resource)} The overview says what to do.`;
      found.push({ kind: "missing_resource", text, path: "/admin/overview" });
    }

    const data = channels.flatMap((channel) =>
      found.map((one) => ({ ...one, id: newId("alert"), channel, createdAt: now })),
    );
    await tx.alert.createMany({ data });
    return found.length;
  });
}

type Group = Pick<
  DeadLetterGroup,
  "integration" | "fingerprint" | "errorClass" | "errorCode" | "sample" | "open" | "people"
>;

function describeReadable(ctx: Partial<Pick<Ctx, "log" | "passedOver">>, group: Group, what: string) {
  try {
    return describeGroup(group, what);
  } catch (error) {
    passOver(ctx, "alerts", group.fingerprint, error);
    return { text: `${what}. Open it to see why.`, path: `/admin/dead-letters?group=${group.fingerprint}` };
  }
}

function describeGroup(group: Group, what: string): { text: string; path: string } {
  const { integration, fingerprint, errorClass, errorCode, sample, open, people } = group;
  const counts = `${open} open dead ${open === 1 ? "letter" : "letters"}, ${people} ${people === 1 ? "person" : "people"}`;
  const advice = adviseOn(integration, errorCode).text;
  const reason = maskReason(sample, errorClass);
  const next = reason.includes(advice) ? "" : ` Next: ${advice}`;
  return { text: `${what} (${counts}). ${reason}${next}`, path: `/admin/dead-letters?group=${fingerprint}` };
}
