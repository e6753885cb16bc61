import { setTimeout as sleep } from "node:timers/promises";
import { audit } from "@eventfork/core/audit";
import { type Ctx, messageOf, newId } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import { createRandom } from "../sandbox/faults.ts";
import { createCalendar } from "./calendar.ts";
import { minuteMs, secondMs } from "./clock.ts";
import { startGusts } from "./gusts.ts";
import { createNamer } from "./names.ts";
import { openSessions, originOf } from "./operators.ts";
import { quietRateAt } from "./people.ts";

/** Between two visits, when the app is as busy as it is at its busiest. */
const leastGapMs = 5 * secondMs;
const longestGapMs = 12 * secondMs;
const signUpShare = 0.36;
/** One sign-up in so many has an address that Mailchimp refuses. */
const oneFakeIn = 40;
const recentPeople = 200;

type StreamCtx = Pick<Ctx, "db" | "messaging" | "log" | "now">;

/** People who sign up and log in, a few in a minute, and third parties that are not always at their best. Until it is stopped. */
export function startStream(ctx: StreamCtx, sandbox: string): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Another one at every start, or the same people would come again.
  const random = createRandom(Date.now());
  const working = Promise.all([stream(ctx, random, signal), startGusts(sandbox, random, signal)]);
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

async function stream(ctx: StreamCtx, random: () => number, signal: AbortSignal): Promise<void> {
  const namer = createNamer(random);
  while (!signal.aborted) {
    const calendar = createCalendar(ctx.now().getTime());
    const mean = Math.min(longestGapMs, leastGapMs / quietRateAt(calendar, calendar.until));
    await sleep(Math.min(2 * minuteMs, -Math.log(1 - random()) * mean), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    await visit(ctx, random, namer).catch((error) =>
      ctx.log.warn({ error: messageOf(error) }, "nobody came: the stream goes on"),
    );
  }
}

async function visit(ctx: StreamCtx, random: () => number, namer: () => Named): Promise<void> {
  const people = await ctx.db.user.findMany({
    where: { role: "user", erasedAt: null },
    orderBy: { id: "desc" },
    take: recentPeople,
  });
  const somebody = people[Math.floor(random() * people.length)];
  if (somebody === undefined || random() < signUpShare)
    await signUp(ctx, await nameSomebody(ctx, random, namer), random);
  else await logIn(ctx, somebody, random);
  await Outbox.publishPending(ctx);
}

type Named = { name: string; email: string };

async function nameSomebody({ db }: StreamCtx, random: () => number, namer: () => Named): Promise<Named> {
  const named = namer();
  const [local = ""] = named.email.split("@");
  const email = random() < 1 / oneFakeIn ? `${local}@example.com` : named.email;
  const isTaken = (await db.user.count({ where: { email } })) > 0;
  return isTaken
    ? { ...named, email: email.replace("@", `.${Math.floor(random() * 9_000) + 1_000}@`) }
    : { ...named, email };
}

/** The user and the event in one transaction, as the web app does it. */
async function signUp({ db, now }: StreamCtx, named: Named, random: () => number): Promise<void> {
  const userId = newId("user");
  const marketingConsent = random() < 0.55;
  const at = now();
  await db.$transaction(async (tx) => {
    await tx.user.create({ data: { id: userId, ...named, marketingConsent, createdAt: at, updatedAt: at } });
    await Outbox.record(tx, { type: "user.signed_up", data: { userId, ...named, marketingConsent } });
  });
}

async function logIn(ctx: StreamCtx, person: Named & { id: string }, random: () => number): Promise<void> {
  const { id: userId, name, email } = person;
  const number = Math.floor(random() * 1_000);
  const actor = { kind: "person", id: userId, email, role: "user" } as const;
  await openSessions(ctx.db, [{ userId, at: ctx.now().getTime(), number }]);
  await ctx.db.$transaction(async (tx) => {
    await audit(tx, { ...ctx, actor, from: originOf(number) }, { action: "person.signed_in", target: userId });
    await Outbox.record(tx, { type: "user.logged_in", data: { userId, name, email, method: "password" } });
  });
}
