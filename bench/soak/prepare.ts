import * as Outbox from "@eventfork/core/outbox";
import { type Ctx, firstIdAt } from "@eventfork/core/platform";
import { Prisma } from "@eventfork/core/platform/db";
import type { Env } from "@eventfork/core/platform/env";
import { makePartitions } from "@eventfork/core/retention";
import { measureLag } from "@eventfork/core/system";
import { requiredNames } from "@eventfork/core/topology";
import { setFault } from "@eventfork/local/sandbox";
import { type Supervisor, waitFor } from "@eventfork/local/supervisor";
import { countDeliveries, createEvents } from "@eventfork/local/workload";
import { recordBacklog } from "../load.ts";
import { failingIntegration, forever, oldDays, replayedEvents } from "./disturb.ts";
import type { SoakOptions } from "./options.ts";

const dayMs = 86_400_000;
const oldShare = 0.1;
const firstOld = 100_000_000;
const firstReplayed = 200_000_000;

const withinMs = 300_000;

type Preparation = SoakOptions & { supervisor: Supervisor; env: Env; sandboxUrl: string };

export async function prepare(ctx: Ctx, { rate, seconds, share, supervisor, env, sandboxUrl }: Preparation) {
  const consumers = requiredNames.map((name) => ({ name: `consumer.${name}`, module: "consumer", args: [name], env }));
  await Promise.all(consumers.map((part) => supervisor.start(part)));
  await recordOldEvents(ctx, Math.ceil(rate * seconds * oldShare));
  await fetch(`${sandboxUrl}/_sandbox/ledger`, { method: "DELETE" });
  await supervisor.start({ name: "schedules", module: "schedules", args: [], env });
  await makeDeadLetters(ctx, { sandboxUrl, count: replayedEvents(share) });
  await waitFor("a system at rest", withinMs, async () => {
    const lags = await measureLag(ctx, forever);
    return lags.every((lag) => lag.events === 0);
  });
}

async function recordOldEvents(ctx: Ctx, count: number): Promise<void> {
  const events = createEvents(count, firstOld);
  await recordBacklog(ctx.db, events);
  await Outbox.publishPending(ctx);
  const deliveries = countDeliveries(events);
  await waitFor("the deliveries of old events", withinMs, async () => {
    return (await ctx.db.delivery.count({ where: { status: "delivered" } })) === deliveries;
  });
  await makeOlder(ctx, new Date(ctx.now().getTime() - oldDays * dayMs));
}

/** Their ids, too: so they are in the partition of an earlier week, which retention drops. */
async function makeOlder(ctx: Ctx, at: Date): Promise<void> {
  await makePartitions({ db: ctx.db, now: () => new Date(at.getTime() - 14 * dayMs) });
  const age = `${oldDays} days`;
  const prefix = firstIdAt("event", at);
  const older = Prisma.sql`${prefix} || substr(event_id, ${prefix.length + 1})`;
  await ctx.db.$transaction([
    ctx.db.$executeRaw`
      UPDATE event SET id = ${prefix} || substr(id, ${prefix.length + 1}), time = time - ${age}::interval,
        recorded_at = recorded_at - ${age}::interval, published_at = published_at - ${age}::interval`,
    ctx.db.$executeRaw`
      UPDATE delivery SET event_id = ${older}, first_attempt_at = first_attempt_at - ${age}::interval,
        last_attempt_at = last_attempt_at - ${age}::interval, delivered_at = delivered_at - ${age}::interval,
        updated_at = updated_at - ${age}::interval`,
    ctx.db.$executeRaw`UPDATE attempt SET event_id = ${older}, started_at = started_at - ${age}::interval`,
  ]);
}

async function makeDeadLetters(ctx: Ctx, { sandboxUrl, count }: { sandboxUrl: string; count: number }): Promise<void> {
  await setFault(sandboxUrl, failingIntegration, { rate: 1, status: 400 });
  const logIns = createEvents(count * 10, firstReplayed).filter(({ type }) => type === "user.logged_in");
  await recordBacklog(ctx.db, logIns);
  await Outbox.publishPending(ctx);
  await waitFor("the dead letters", withinMs, async () => (await ctx.db.deadLetter.count()) === count);
}
