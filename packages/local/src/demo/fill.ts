import { applyCountDeltas } from "@eventfork/core/dead-letters";
import { testIntegration } from "@eventfork/core/integrations";
import * as Outbox from "@eventfork/core/outbox";
import { type Ctx, newId } from "@eventfork/core/platform";
import { listOn } from "@eventfork/core/platform/aws";
import type { Tx } from "@eventfork/core/platform/db";
import { rebuildRollups } from "@eventfork/core/rollups";
import { dayMs, minuteMs } from "@eventfork/core/rollups/presets";
import { seedRules } from "@eventfork/core/rules";
import { indexEvents } from "@eventfork/core/search";
import * as Users from "@eventfork/core/users";
import { createSeededRandom } from "../sandbox/faults.ts";
import { createCalendar } from "./calendar.ts";
import { acceptance, createEngine, drawDuration, type PublishedEvent } from "./engine.ts";
import { type Plain, planDeliveries } from "./incidents.ts";
import { appSource, hireOperators, originOf, planOperators } from "./operators.ts";
import { createVisits, type Visit } from "./people.ts";

export type FillOptions = { adminEmail: string; until: Date; people?: number; seed?: number };

const lastAttemptsMs = minuteMs / 2;

export async function fillDemo(ctx: Ctx, { adminEmail, until, people = 840, seed = 20_261_126 }: FillOptions) {
  const { db } = ctx;
  const calendar = createCalendar(until.getTime() - lastAttemptsMs);
  const random = createSeededRandom(seed + 1);
  const seededAt = new Date(calendar.from - dayMs);
  await seedRules({ db, now: () => seededAt });
  await db.ruleVersion.updateMany({ data: { createdAt: seededAt, acceptedAt: seededAt } });
  const actors = await hireOperators(ctx, adminEmail, calendar);
  const visits = createVisits(calendar, { people, seed });
  await recordVisits(db, visits, until);
  const events = await db.$queryRaw<PublishedEvent[]>`
    UPDATE event SET recorded_at = time, publish_attempts = 1, published_at = time + (60 + random() * 160) * interval '1 millisecond'
    RETURNING id, type, source, subject, time, data, traceparent, published_at AS "publishedAt"`;
  events.sort((a, b) => a.publishedAt.getTime() - b.publishedAt.getTime());

  const engine = createEngine(ctx, random);
  const { acts, plain } = planDeliveries({ events, calendar, engine, random });
  await db.delivery.createMany({ data: plain.map((one) => toDelivery(one, random)) });
  acts.push(...planOperators(ctx, calendar, actors, engine));
  for (const { run } of acts.sort((a, b) => a.at - b.at)) await run();
  await finish({ ...ctx, actor: actors.you, from: originOf(actors.you.id), now: () => until });
  const [eventCount, deliveries] = await Promise.all([db.event.count(), db.delivery.count()]);
  return { people, events: eventCount, deliveries };
}

export async function recordVisits(db: Tx, visits: readonly Visit[], now: Date): Promise<void> {
  const signUps = visits.filter(({ kind }) => kind === "sign-up");
  const logIns = visits.filter(({ kind }) => kind === "log-in");
  await db.user.createMany({
    data: signUps.map(({ at, person: { isFromApp: _, ...person } }) => ({
      ...{ ...person, createdAt: new Date(at), updatedAt: new Date(at) },
    })),
  });
  await Outbox.recordMany(db, visits.map(toEvent));
  await db.auditEntry.createMany({
    data: logIns.map(({ at, person: { id } }) => ({
      ...{ id: newId("audit"), at: new Date(at), actor: id, action: "person.signed_in", target: id, ...originOf(id) },
    })),
  });
  const open = visits.filter(({ at }) => at + 7 * dayMs > now.getTime());
  await db.session.createMany({
    data: open.map(({ at, person: { id: userId } }) => {
      const { ip: ipAddress, userAgent } = originOf(userId);
      const times = { createdAt: new Date(at), updatedAt: new Date(at), expiresAt: new Date(at + 7 * dayMs) };
      return { id: newId("session"), token: newId("session"), userId, ipAddress, userAgent, ...times };
    }),
  });
}

function toEvent({ at, kind, person }: Visit): Outbox.NewEvent {
  const { id: userId, email, name, marketingConsent, isFromApp } = person;
  const when = { time: new Date(at), ...(isFromApp && { source: appSource }) };
  if (kind === "sign-up") return { ...when, type: "user.signed_up", data: { userId, email, name, marketingConsent } };
  return { ...when, type: "user.logged_in", data: { userId, email, name, method: "password" } };
}

function toDelivery({ integration, event, dueAt }: Plain, random: () => number) {
  const durationMs = drawDuration(integration, random);
  const [startedAt, endedAt] = [new Date(dueAt), new Date(dueAt + durationMs)];
  const times = { firstAttemptAt: startedAt, lastAttemptAt: startedAt, deliveredAt: endedAt, updatedAt: endedAt };
  const { id: eventId, type: eventType } = event;
  const row = { eventId, integration, eventType, status: "delivered", response: acceptance[integration] };
  return { ...row, ...times, attempts: 1, receiveCount: 1, durationMs };
}

async function finish(ctx: Ctx): Promise<void> {
  const { db } = ctx;
  await db.apiKey.updateMany({ data: { lastUsedAt: new Date(ctx.now().getTime() - 6 * minuteMs) } });
  await rebuildRollups({ db, now: ctx.now, actor: { kind: "system", name: "demo" } });
  await applyCountDeltas(ctx);
  await Users.keepSignUpDays(ctx);
  for (const integration of listOn(ctx.messaging)) await testIntegration(ctx, { integration });
  while ((await indexEvents(ctx, { workMs: 10_000 })).hasMore);
  await db.$executeRaw`ANALYZE`;
}
