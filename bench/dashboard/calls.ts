import * as Overview from "@eventfork/core/overview";
import type { Ctx } from "@eventfork/core/platform";
import { rangeNames } from "@eventfork/core/rollups/presets";
import { appRouter } from "../../apps/web/src/server/routers/index.ts";
import { eventAt, type World } from "./rows.ts";

export type Caller = ReturnType<typeof appRouter.createCaller>;

export type Call = { page: string; name: string; limitMs: number; run: (caller: Caller, ctx: Ctx) => Promise<unknown> };

let callers = 0;

/** A new admin each time, because rate limits count by person. */
export function callAsSomebody(ctx: Ctx): Caller {
  callers += 1;
  const id = `usr_bench_${callers}`;
  const person = { id, name: id, email: `${id}@example.com`, role: "admin", marketingConsent: false } as const;
  return appRouter.createCaller({ ...ctx, person: { ...person, createdAt: new Date() } });
}

type Page = { next: string | null };
type ReadPage = (caller: Caller, cursor: { cursor?: string }) => Promise<Page>;

const hundredth = 100;
const limits = { overview: 50, list: 50, event: 20, email: 50, field: 200 };

function listsOf(world: World): Record<string, Record<string, ReadPage>> {
  const { person } = eventAt(world, Math.floor(world.events / 2));
  return {
    events: {
      all: (caller, page) => caller.events.list(page),
      "of one type": (caller, page) => caller.events.list({ type: "user.logged_in", ...page }),
      "before a time": (caller, page) => caller.events.list({ to: new Date((world.from + world.until) / 2), ...page }),
    },
    deliveries: {
      all: (caller, page) => caller.deliveries.list(page),
      "of one integration": (caller, page) => caller.deliveries.list({ integration: "slack", ...page }),
      dead: (caller, page) => caller.deliveries.list({ status: "dead", ...page }),
      "of one type": (caller, page) => caller.deliveries.list({ eventType: "user.logged_in", ...page }),
      "of one error": (caller, page) => caller.deliveries.list({ error: "msg_too_long", ...page }),
      "of one person": (caller, page) => caller.deliveries.list({ text: person.email, ...page }),
      "the oldest change first": (caller, page) => caller.deliveries.list({ direction: "asc", ...page }),
      retrying: (caller, page) => caller.deliveries.list({ status: "retrying", ...page }),
      "delivered by one integration": (caller, page) =>
        caller.deliveries.list({ integration: "mailchimp", status: "delivered", ...page }),
    },
    "dead letters": {
      all: (caller, page) => caller.deadLetters.list(page),
      "open, of one integration": (caller, page) =>
        caller.deadLetters.list({ integration: "slack", status: "open", ...page }),
      causes: (caller, page) => caller.deadLetters.groups({ onlyOpen: false, ...page }),
    },
    replays: {
      all: (caller, page) => caller.replays.list(page),
      "of one state": (caller, page) => caller.replays.list({ state: "cancelled", ...page }),
      "of one source": (caller, page) => caller.replays.list({ source: "dead_letters", ...page }),
      "of a rare source": (caller, page) => caller.replays.list({ source: "backfill", ...page }),
      "its messages": (caller, page) => caller.replays.items({ id: `rpl_${"1".padStart(26, "0")}`, ...page }),
    },
    people: {
      all: (caller, page) => caller.people.list(page),
      users: (caller, page) => caller.people.list({ role: "user", ...page }),
      admins: (caller, page) => caller.people.list({ role: "admin", ...page }),
      "a common first name": (caller, page) => caller.people.list({ search: "Ada", ...page }),
      "their events": (caller, page) => caller.people.events({ userId: person.id, ...page }),
    },
    "audit log": {
      all: (caller, page) => caller.audit.list(page),
      "one action": (caller, page) => caller.audit.list({ action: "rule.saved", ...page }),
      "a frequent action": (caller, page) => caller.audit.list({ action: "person.signed_in", ...page }),
      "one actor": (caller, page) => caller.audit.list({ actor: "stranger", ...page }),
      "one target": (caller, page) => caller.audit.list({ target: "slack", ...page }),
      "a range of time": (caller, page) =>
        caller.audit.list({ to: new Date((world.from + world.until) / 2), action: "rule.saved", ...page }),
    },
  };
}

async function findPage(caller: Caller, read: ReadPage, number: number): Promise<string | null> {
  let cursor: string | null = null;
  for (let page = 1; page < number; page += 1) {
    const answer: Page = await read(caller, cursor === null ? {} : { cursor });
    if (answer.next === null) return null;
    cursor = answer.next;
  }
  return cursor;
}

async function pagesOf(ctx: Ctx, page: string, name: string, read: ReadPage): Promise<Call[]> {
  const first: Call = { page, name, limitMs: limits.list, run: (caller) => read(caller, {}) };
  const cursor = await findPage(callAsSomebody(ctx), read, hundredth);
  if (cursor === null) return [first];
  return [first, { ...first, name: `${name}, page ${hundredth}`, run: (caller) => read(caller, { cursor }) }];
}

export async function listCalls(ctx: Ctx, world: World): Promise<Call[]> {
  const middle = eventAt(world, Math.floor(world.events / 2));
  const { person } = middle;
  const userId = person.id;
  const { deadLetters } = await callAsSomebody(ctx).deadLetters.list({ limit: 1 });
  const { groups } = await callAsSomebody(ctx).deadLetters.groups({ onlyOpen: false, limit: 1 });
  const lists: Call[] = [];
  for (const [page, variants] of Object.entries(listsOf(world))) {
    for (const [name, read] of Object.entries(variants)) lists.push(...(await pagesOf(ctx, page, name, read)));
  }
  const callsOf = (page: string, limitMs: number, runs: Record<string, Call["run"]>): Call[] =>
    Object.entries(runs).map(([name, run]) => ({ page, name, limitMs, run }));
  const { overview, list, event, email, field } = limits;
  const replayId = `rpl_${"1".padStart(26, "0")}`;
  return [
    ...rangeNames.flatMap((range) => [
      // Bypasses the cache of the router.
      ...callsOf("overview", overview, { [range]: (_, unshared) => Overview.readOverview(unshared, { range }) }),
      ...callsOf("integration", overview, {
        [range]: (caller) => caller.integrations.figures({ integration: "slack", range }),
      }),
    ]),
    ...callsOf("overview", overview, { "the rules that need somebody": (caller) => caller.rules.issues() }),
    ...callsOf("every page", overview, { "open dead letters": (caller) => caller.deadLetters.countOpen({}) }),
    ...lists,
    ...callsOf("event", event, { "what became of it": (caller) => caller.events.story({ eventId: middle.id }) }),
    ...callsOf("events", email, {
      "search by an address": (caller) => caller.events.list({ search: person.email }),
    }),
    ...callsOf("events", field, {
      "search by a field that one event has": (caller) => caller.events.list({ search: `userId:${userId}` }),
      "search by a field that a million have": (caller) => caller.events.list({ search: "method:password" }),
      "search for what no event has": (caller) => caller.events.list({ search: "plan:gold" }),
    }),
    ...callsOf("deliveries", event, {
      "one delivery": (caller) => caller.deliveries.get({ eventId: middle.id, integration: "analytics" }),
    }),
    ...callsOf("integration", overview, {
      "how it stands": (caller) => caller.integrations.get({ integration: "slack" }),
    }),
    ...callsOf("people", email, {
      "an address": (caller) => caller.people.list({ search: person.email }),
      "the beginning of one": (caller) => caller.people.list({ search: person.email.slice(0, 14) }),
      "an address that nobody has": (caller) => caller.people.list({ search: "no@body.test" }),
    }),
    ...callsOf("people", list, { "sign-ups of 90 days": (caller) => caller.people.signUps({ days: 90 }) }),
    ...callsOf("person", list, {
      "who it is": (caller) => caller.people.get({ userId }),
      sessions: (caller) => caller.people.sessions({ userId }),
      erasure: (caller) => caller.people.erasure({ userId }),
    }),
    ...callsOf("audit log", list, { "actions that there are": (caller) => caller.audit.actions() }),
    ...callsOf("dead letter", list, {
      detail: (caller) => caller.deadLetters.get({ id: deadLetters[0]?.id ?? "" }),
    }),
    ...callsOf("dead letters", list, {
      "one cause": (caller) => caller.deadLetters.group({ fingerprint: groups[0]?.fingerprint ?? "" }),
    }),
    ...callsOf("replay", list, { detail: (caller) => caller.replays.get({ id: replayId }) }),
    ...callsOf("rule", list, { "with its versions": (caller) => caller.rules.get({ integration: "slack" }) }),
    ...callsOf("system", list, { "all that it asks": (caller) => caller.system.inspect() }),
  ];
}
