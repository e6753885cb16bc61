import * as ApiKeys from "@eventfork/core/api-keys";
import { audit } from "@eventfork/core/audit";
import { discardDeadLetters, listDeadLetters } from "@eventfork/core/dead-letters";
import { pauseIntegration, resumeIntegration, sendTestEvent } from "@eventfork/core/integrations";
import { type Actor, noMetrics } from "@eventfork/core/kernel";
import { reconcile } from "@eventfork/core/reconcile";
import * as Rules from "@eventfork/core/rules";
import type { IntegrationName } from "@eventfork/core/topology";
import * as Users from "@eventfork/core/users";
import * as Views from "@eventfork/core/views";
import type { Calendar } from "./calendar.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "./clock.ts";
import type { History } from "./history.ts";
import { spreadMs } from "./messaging.ts";
import { type Operators, originOf } from "./operators.ts";
import { replay } from "./replaying.ts";

/** What an operator does at a time. */
export type Act = { at: number; run: (history: History) => Promise<unknown> };

export const appSource = "app";

const signUps = { type: ["user.signed_up"] };
const without = (suffix: string) => ({ ...signUps, data: { email: [{ "anything-but": { suffix } }] } });

/** What the operators did in the fortnight, in the order in which they did it. */
export function listActs(calendar: Calendar, people: Operators): Act[] {
  return [
    ...beginning(calendar, people),
    ...workingDays(calendar, people),
    ...analyticsKey(calendar, people),
    ...lostMessages(calendar, people),
    ...badRule(calendar, people),
    ...mailchimpPause(calendar, people),
    ...slackOutage(calendar, people),
    ...lately(calendar, people),
  ].sort((a, b) => a.at - b.at);
}

const ctxOf = (history: History, actor: Actor, number: number) => ({ ...history.ctx, actor, from: originOf(number) });

function beginning({ from }: Calendar, { you, noor, tomas }: Operators): Act[] {
  const app = { name: "Mobile app", types: ["user.signed_up", "user.logged_in"], source: appSource };
  const shop = { name: "Shop (trial)", types: ["user.signed_up"], source: "shop" };
  const view = (actor: Actor, at: number, page: string, name: string, query: string): Act => ({
    at,
    run: (history) => Views.saveView(ctxOf(history, actor, 1), { page, name, query }),
  });
  return [
    { at: from + 2 * minuteMs, run: (history) => ApiKeys.createApiKey(ctxOf(history, noor, 2), app) },
    { at: from + 1.3 * dayMs, run: (history) => ApiKeys.createApiKey(ctxOf(history, tomas, 3), shop) },
    {
      at: from + 3.5 * dayMs,
      run: async (history) => {
        const { id } = await history.ctx.db.apiKey.findFirstOrThrow({ where: { source: shop.source } });
        await ApiKeys.revokeApiKey(ctxOf(history, tomas, 3), { id });
      },
    },
    view(you, from + 2 * dayMs, "deliveries", "Slack, dead", "integration=slack&status=dead"),
    view(you, from + 2.1 * dayMs, "deliveries", "Waiting for another try", "status=retrying"),
    view(you, from + 2.2 * dayMs, "events", "Sign-ups from the app", "search=source%3Aapp&type=user.signed_up"),
  ];
}

/** Whoever works signs in in the morning. */
function workingDays({ from, until }: Calendar, { noor, tomas, ines }: Operators): Act[] {
  const mornings: Act[] = [];
  for (let midnight = Math.ceil(from / dayMs) * dayMs; midnight < until; midnight += dayMs) {
    const weekday = new Date(midnight).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    mornings.push(signIn(midnight + 7.9 * hourMs, noor, 2), signIn(midnight + 8.4 * hourMs, tomas, 3));
    if (weekday % 2 === 1) mornings.push(signIn(midnight + 13.1 * hourMs, ines, 5));
  }
  return mornings.filter(({ at }) => at < until);
}

/** The key of analytics had run out: the engine paused it, and somebody set a new one. */
function analyticsKey({ analyticsKey }: Calendar, { tomas }: Operators): Act[] {
  return [resume(analyticsKey.until + 3 * minuteMs, "analytics", tomas)];
}

/** Some messages never reached their queue: reconciliation missed them, and they were sent. */
function lostMessages({ lostForAnalytics }: Calendar, { noor }: Operators): Act[] {
  return [
    {
      at: lostForAnalytics + 6 * hourMs,
      run: async (history) => {
        await reconcileAll(history);
        await replay(history, noor, { selection: { source: "overdue", integration: "analytics" }, perSecond: 100 });
        await reconcileAll(history);
      },
    },
  ];
}

/** A rule that kept out far more than it should, found a day later, and what it had kept out sent after all. */
function badRule({ badRule: { from, until } }: Calendar, { noor, tomas }: Operators): Act[] {
  const watch = (at: number): Act => ({ at, run: (history) => Rules.watchRules(history.ctx) });
  return [
    {
      at: from,
      run: (history) =>
        save(history, tomas, "slack", {
          ...{ policy: without("example.com"), expectedVersion: 1 },
          note: "Keep our own test sign-ups out of the channel.",
        }),
    },
    ...[0.5, 1, 3, 8].map((hours) => watch(from + hours * hourMs)),
    {
      at: until,
      run: async (history) => {
        const note = "v2 kept out everybody at example.com, not only our tests: back to v1.";
        const input = { integration: "slack", version: 1, expectedVersion: 2, note } as const;
        follow(history, "slack", await Rules.rollbackRule(ctxOf(history, noor, 2), input));
      },
    },
    {
      at: until + 24 * minuteMs,
      run: async (history) => {
        await Rules.watchRules(history.ctx);
        await replay(history, noor, { selection: { source: "filtered", integration: "slack" }, perSecond: 100 });
      },
    },
    {
      at: until + 1.2 * hourMs,
      run: (history) =>
        save(history, tomas, "slack", {
          ...{ policy: without("@test.example.com"), expectedVersion: 3 },
          note: "Only our tests now. Tried on the last 1,000 events first.",
        }),
    },
    ...[2, 4, 12].map((hours) => watch(until + hours * hourMs)),
  ];
}

function mailchimpPause({ mailchimpPause: { from, until } }: Calendar, { noor }: Operators): Act[] {
  const reason = "Two audiences are being merged in Mailchimp. Resume once the tags are right.";
  return [pause(from, "mailchimp", noor, reason), resume(until, "mailchimp", noor)];
}

/** What died of the outage is sent again, a few first; some of it is not worth it. */
function slackOutage({ slackOutage: { until } }: Calendar, { noor, tomas, you }: Operators): Act[] {
  return [
    {
      at: until + 26 * minuteMs,
      run: async (history) => {
        // Half of them, to see how the team takes it.
        const open = await listOpenOfSlack(history);
        const middle = open[Math.floor(open.length / 2)];
        if (middle === undefined) return;
        const filter = { integration: "slack", from: middle.archivedAt } as const;
        await replay(history, noor, { selection: { source: "dead_letters", filter }, perSecond: 60, canary: 3 });
      },
    },
    {
      at: until + 1.1 * hourMs,
      run: async (history) => {
        const open = await listOpenOfSlack(history);
        const ids = open.slice(0, Math.min(3, Math.floor(open.length / 2))).map(({ id }) => id);
        const reason = "Told the team by hand while Slack was down.";
        if (ids.length > 0) await discardDeadLetters(ctxOf(history, tomas, 3), { ids, reason });
      },
    },
    { at: until + 1.2 * hourMs, run: (history) => sendTestEvent(ctxOf(history, you, 1), { integration: "slack" }) },
  ];
}

function lately({ until }: Calendar, { you, noor, tomas }: Operators): Act[] {
  return [
    {
      at: until - 16 * hourMs,
      run: async (history) => {
        // Mailchimp still says no: the first of them stop the replay.
        const selection = { source: "dead_letters", filter: { integration: "mailchimp" } } as const;
        await replay(history, tomas, { selection, perSecond: 100, canary: 2 });
      },
    },
    {
      at: until - 30 * hourMs,
      run: async (history) => {
        const where = { role: "user", createdAt: { lt: new Date(until - 8 * dayMs) } };
        const person = await history.ctx.db.user.findFirst({ where, orderBy: { createdAt: "desc" } });
        if (person !== null) await Users.erasePerson(ctxOf(history, noor, 2), { userId: person.id });
      },
    },
    { at: until - 12 * minuteMs, run: reconcileAll },
    signIn(until - 20 * minuteMs, you, 1),
  ];
}

function signIn(at: number, actor: Operators["you"], number: number): Act {
  return {
    at,
    run: (history) =>
      audit(history.ctx.db, ctxOf(history, actor, number), { action: "operator.signed_in", target: actor.id }),
  };
}

function pause(at: number, integration: IntegrationName, actor: Actor, reason: string): Act {
  return {
    at,
    run: async (history) => {
      await pauseIntegration(ctxOf(history, actor, 2), { integration, reason });
      await history.notePause(integration);
    },
  };
}

function resume(at: number, integration: IntegrationName, actor: Actor): Act {
  return {
    at,
    run: async (history) => {
      await resumeIntegration(ctxOf(history, actor, 3), { integration });
      await history.notePause(integration);
    },
  };
}

type Edit = { policy: object; expectedVersion: number; note: string };

async function save(history: History, actor: Actor, integration: IntegrationName, { policy, ...edit }: Edit) {
  const policyText = JSON.stringify(policy, null, 2);
  follow(history, integration, await Rules.saveRule(ctxOf(history, actor, 3), { integration, policyText, ...edit }));
}

/** The topic filters by a new version some time after it has accepted it. */
function follow(history: History, integration: IntegrationName, { policy }: Rules.RuleVersionItem): void {
  history.ctx.messaging.filterBy(integration, policy, history.clock.ms() + spreadMs);
}

/** The newest first. */
async function listOpenOfSlack(history: History) {
  return (await listDeadLetters(history.ctx, { integration: "slack", status: "open", limit: 100 })).deadLetters;
}

/** Until it has gone through everything: one run looks at a bounded number of events. */
async function reconcileAll(history: History): Promise<void> {
  for (;;) {
    const { integrations } = await reconcile({ ...history.ctx, metrics: noMetrics });
    if (Object.values(integrations).every((one) => (one.found?.checked ?? 0) === 0)) return;
    history.clock.advance(secondMs);
  }
}
