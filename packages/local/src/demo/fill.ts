import { audit } from "@eventfork/core/audit";
import { listOn } from "@eventfork/core/aws";
import type { Db } from "@eventfork/core/db";
import { foldChanges } from "@eventfork/core/dead-letters";
import { indexEvents } from "@eventfork/core/event-log";
import { testIntegration } from "@eventfork/core/integrations";
import type { Ctx } from "@eventfork/core/kernel";
import { seedRules } from "@eventfork/core/rules";
import * as Users from "@eventfork/core/users";
import { type Calendar, createCalendar } from "./calendar.ts";
import { dayMs, hourMs, minuteMs } from "./clock.ts";
import { History } from "./history.ts";
import { makeOperators, openSessions, originOf } from "./operators.ts";
import { createVisits, type Visit } from "./people.ts";
import { appSource, listActs } from "./stories.ts";
import { createWeather } from "./weather.ts";

export type FillOptions = {
  /** The admin of the stack, who is there already. */
  adminEmail: string;
  /** When the fortnight ends. */
  until: Date;
  /** How many people sign up in it. */
  people?: number;
  seed?: number;
};

export type Filled = { people: number; events: number; deliveries: number };

const standardPeople = 840;
const standardSeed = 20_261_126;
const lastTryMs = 30_000;
const sessionsLastMs = 7 * dayMs;

/** Whether the database has a past already: that of the demo, or anybody's. */
export async function hasPast(db: Db): Promise<boolean> {
  return (await db.event.findFirst({ select: { id: true } })) !== null;
}

/**
 * Gives an empty database a fortnight that ends now. Core's own code does what it would have done, under a clock of the past; the same seed tells
 * the same stories.
 */
export async function fillDemo(ctx: Ctx, options: FillOptions): Promise<Filled> {
  const { people = standardPeople, seed = standardSeed } = options;
  // What has begun by then is over by `until`.
  const calendar = createCalendar(options.until.getTime() - lastTryMs);
  const weather = createWeather(calendar, seed + 1);
  const history = await History.begin(ctx, { from: calendar.from - dayMs, seed: seed + 2, weather });
  await seedRulesAt(ctx.db, history.clock.now());
  const operators = await makeOperators(history, options.adminEmail);
  const visits = createVisits(calendar, { people, seed });
  await signUpAll(ctx.db, visits);
  loseSome(history, calendar, visits);

  const acts = listActs(calendar, operators);
  for (const [number, visit] of visits.entries()) {
    for (let act = acts[0]; act !== undefined && act.at <= visit.at; act = acts[0]) {
      acts.shift();
      await history.passUntil(act.at);
      await act.run(history);
    }
    await history.passUntil(visit.at);
    await record(history, visit, number);
  }
  for (const act of acts) {
    await history.passUntil(act.at);
    await act.run(history);
  }
  await history.passUntil(calendar.until);
  await history.end(ctx.messaging);
  await openSessions(ctx.db, listSessions(visits, calendar));
  await finish({ ...ctx, actor: operators.you, now: () => options.until });
  const [events, deliveries] = await Promise.all([ctx.db.event.count(), ctx.db.delivery.count()]);
  return { people, events, deliveries };
}

/** The migrations have written the rules' first versions: they are older than the first event. */
async function seedRulesAt(db: Db, at: Date): Promise<void> {
  await seedRules({ db, now: () => at });
  await db.ruleVersion.updateMany({ where: { version: 1 }, data: { createdAt: at, acceptedAt: at } });
}

/** The people themselves, each from when they sign up. */
async function signUpAll(db: Db, visits: readonly Visit[]): Promise<void> {
  const people = visits.flatMap(({ kind, person }) => (kind === "sign-up" ? [person] : []));
  await db.user.createMany({
    data: people.map(({ signedUpAt, isFromApp: _, ...person }) => {
      const at = new Date(signedUpAt);
      return { ...person, createdAt: at, updatedAt: at };
    }),
  });
}

async function record(history: History, { person, kind }: Visit, number: number): Promise<void> {
  const { id: userId, name, email, marketingConsent, isFromApp } = person;
  const source = isFromApp ? { source: appSource } : {};
  if (kind === "sign-up") {
    await history.record({ type: "user.signed_up", data: { userId, email, name, marketingConsent }, ...source });
    return;
  }
  const actor = { kind: "person", id: userId, email, role: "user" } as const;
  const from = originOf(number);
  await audit(history.ctx.db, { ...history.ctx, actor, from }, { action: "person.signed_in", target: userId });
  await history.record({ type: "user.logged_in", data: { userId, email, name, method: "password" }, ...source });
}

/** What is lost between the topic and a queue, which reconciliation finds. */
function loseSome(history: History, { until, lostForAnalytics }: Calendar, visits: readonly Visit[]): void {
  // Its last sign-ups but for those whose time is not up: nobody has sent these yet.
  const late = visits.filter(({ at, kind }) => kind === "sign-up" && at < until - 25 * minuteMs).at(-3);
  const left = [
    { name: "analytics", from: lostForAnalytics, count: 4 },
    { name: "mailchimp", from: late?.at ?? until, count: 3 },
  ];
  history.ctx.messaging.loseWhen((name, at) => {
    const losing = left.find((one) => one.name === name && at >= one.from && one.count > 0);
    if (losing === undefined) return false;
    losing.count -= 1;
    return true;
  });
}

function listSessions(visits: readonly Visit[], { until }: Calendar) {
  const recent = visits.flatMap(({ at, person }, number) =>
    at > until - sessionsLastMs ? [{ userId: person.id, at, number }] : [],
  );
  return recent.filter(({ number }) => number % 3 !== 0);
}

/** What jobs do bit by bit, done to the end. */
async function finish(ctx: Ctx): Promise<void> {
  const { db } = ctx;
  await db.apiKey.updateMany({
    where: { source: appSource },
    data: { lastUsedAt: new Date(ctx.now().getTime() - 0.1 * hourMs) },
  });
  await foldChanges(ctx, performance.now() + 10_000);
  await Users.keepSignUpDays(ctx);
  for (const integration of listOn(ctx.messaging)) await testIntegration(ctx, { integration });
  while ((await indexEvents(ctx, { workMs: 10_000 })).hasMore);
  await db.$executeRaw`ANALYZE`;
}
