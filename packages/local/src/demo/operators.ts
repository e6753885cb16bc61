import * as ApiKeys from "@eventfork/core/api-keys";
import { audit } from "@eventfork/core/audit";
import { discardDeadLetters } from "@eventfork/core/dead-letters";
import { pauseIntegration, resumeIntegration } from "@eventfork/core/integrations";
import { type Actor, type Ctx, newId, noMetrics } from "@eventfork/core/platform";
import { reconcile } from "@eventfork/core/reconciliation";
import { dayMs, hourMs, minuteMs } from "@eventfork/core/rollups/presets";
import * as Rules from "@eventfork/core/rules";
import * as Views from "@eventfork/core/saved-views";
import * as Users from "@eventfork/core/users";
import type { Calendar } from "./calendar.ts";
import type { Engine } from "./engine.ts";
import { type Act, endings } from "./incidents.ts";

export type Actors = Record<"you" | "noor" | "tomas" | "ines", Extract<Actor, { kind: "person" }>>;

export const appSource = "app";

export function originOf(personId: string): { ip: string; userAgent: string } {
  const number = [...personId].reduce((sum, character) => sum + character.charCodeAt(0), 0);
  const system = ["X11; Linux x86_64", "Windows NT 10.0; Win64; x64", "Android 16; Mobile"][number % 3];
  return { ip: `203.0.113.${1 + (number % 250)}`, userAgent: `Mozilla/5.0 (${system}; rv:145.0) Firefox/145.0` };
}

export async function hireOperators(ctx: Ctx, adminEmail: string, { from }: Calendar): Promise<Actors> {
  const at = new Date(from - dayMs);
  const joined = { createdAt: at, updatedAt: at };
  const { id } = await ctx.db.user.update({ where: { email: adminEmail }, data: joined, select: { id: true } });
  const you = { kind: "person", id, email: adminEmail, role: "admin" } as const;
  const hire = async (name: string, email: string, role: "admin" | "viewer") => {
    const person = { id: newId("user"), email };
    await ctx.db.user.create({ data: { ...person, ...joined, name, emailVerified: true } });
    await Users.grantRole({ ...ctx, actor: you, from: originOf(id), now: () => at }, { email, role });
    return { kind: "person", ...person, role } as const;
  };
  return {
    you,
    noor: await hire("Noor Haddad", "noor@eventfork.example", "admin"),
    tomas: await hire("Tomás Oliveira", "tomas@eventfork.example", "admin"),
    ines: await hire("Ines Meyer", "ines@eventfork.example", "viewer"),
  };
}

export function planOperators(ctx: Ctx, calendar: Calendar, actors: Actors, engine: Engine): Act[] {
  const { from, until, badRule, expiredKey, goodRuleFrom, lostMessages, mailchimpPause, slackOutage } = calendar;
  const acts: Act[] = [];
  const plan = (at: number, who: keyof Actors, run: (ctx: Ctx) => Promise<unknown>) => {
    const actor = actors[who];
    const as = (ms: number): Ctx => ({ ...ctx, actor, from: originOf(actor.id), now: () => new Date(ms) });
    const fact = { action: "operator.signed_in", target: actor.id };
    const signedInAt = at - 9 * minuteMs;
    acts.push({ at: signedInAt, run: () => audit(ctx.db, as(signedInAt), fact) }, { at, run: () => run(as(at)) });
  };
  const [slack, mailchimp] = [{ integration: "slack" }, { integration: "mailchimp" }] as const;
  const policyWithout = (suffix: string) =>
    JSON.stringify({ type: ["user.signed_up"], data: { email: [{ "anything-but": { suffix } }] } }, null, 2);
  const listOpen = (db: Ctx["db"]) =>
    db.deadLetter.findMany({ where: { ...slack, status: "open" }, orderBy: { archivedAt: "asc" } });

  plan(from + 0.1 * hourMs, "noor", (as) =>
    ApiKeys.createApiKey(as, { name: "Mobile app", types: ["user.signed_up", "user.logged_in"], source: appSource }),
  );
  plan(from + 2 * dayMs, "you", async (as) => {
    const [page, query] = ["events", "search=source%3Aapp&type=user.signed_up"];
    await Views.saveView(as, { page, name: "Sign-ups from the app", query });
    await Views.saveView(as, { page: "deliveries", name: "Slack, dead", query: "integration=slack&status=dead" });
    await Views.saveView(as, { page: "deliveries", name: "Waiting for another try", query: "status=retrying" });
  });
  plan(expiredKey.until, "tomas", (as) => resumeIntegration(as, { integration: "analytics" }));
  plan(lostMessages.until, "noor", async (as) => {
    await reconcile({ ...as, metrics: noMetrics });
    await engine.replay(as, "analytics", { selection: { source: "overdue", integration: "analytics" } });
  });
  const bad = { policyText: policyWithout(endings.bad), note: "Keep our own test sign-ups out of the channel." };
  plan(badRule.from, "tomas", (as) => Rules.saveRule(as, { ...slack, ...bad, expectedVersion: 1 }));
  plan(badRule.from + 8 * hourMs, "ines", (as) => Rules.watchRules(as));
  const note = "v2 filtered out everybody at example.com, not only our tests: back to v1.";
  plan(badRule.until, "noor", (as) => Rules.rollbackRule(as, { ...slack, version: 1, expectedVersion: 2, note }));
  plan(badRule.until + 24 * minuteMs, "noor", (as) =>
    engine.replay(as, "slack", { selection: { source: "filtered", ...slack } }),
  );
  const good = { policyText: policyWithout(endings.good), note: "Only our tests now. Tried on 1,000 events first." };
  plan(goodRuleFrom, "tomas", (as) => Rules.saveRule(as, { ...slack, ...good, expectedVersion: 3 }));
  plan(goodRuleFrom + 20 * hourMs, "ines", (as) => Rules.watchRules(as));
  const reason = "Two audiences are being merged in Mailchimp. Resume once the tags are right.";
  plan(mailchimpPause.from, "noor", (as) => pauseIntegration(as, { ...mailchimp, reason }));
  plan(mailchimpPause.until, "noor", (as) => resumeIntegration(as, mailchimp));
  plan(slackOutage.until + 26 * minuteMs, "noor", async (as) => {
    const open = await listOpen(as.db);
    const filter = { ...slack, from: open[Math.floor(open.length / 2)]?.archivedAt };
    await engine.replay(as, "slack", { selection: { source: "dead_letters", filter }, canary: 3 });
  });
  plan(slackOutage.until + 66 * minuteMs, "tomas", async (as) => {
    const ids = (await listOpen(as.db)).slice(0, 3).map(({ id }) => id);
    if (ids.length > 0) await discardDeadLetters(as, { ids, reason: "Told the team by hand while Slack was down." });
  });
  plan(slackOutage.until + 72 * minuteMs, "you", (as) => engine.sendTest(as, "slack"));
  plan(until - 30 * hourMs, "noor", async (as) => {
    const where = { role: "user", sessions: { none: {} } };
    const person = await as.db.user.findFirst({ where, orderBy: { createdAt: "desc" } });
    if (person !== null) await Users.erasePerson(as, { userId: person.id });
  });
  plan(until - 16 * hourMs, "tomas", (as) =>
    engine.replay(as, "mailchimp", { selection: { source: "dead_letters", filter: mailchimp }, canary: 2 }),
  );
  plan(until - 12 * minuteMs, "you", (as) => reconcile({ ...as, metrics: noMetrics }));
  return acts;
}
