import { retryDelaySeconds } from "@eventfork/core/deliveries";
import { serialiseEnvelope } from "@eventfork/core/events";
import { minuteMs } from "@eventfork/core/rollups/presets";
import { integrations, type RequiredName, requiredNames } from "@eventfork/core/topology";
import { checkEmail } from "../sandbox/mailchimp/problems.ts";
import { type Calendar, isWithin } from "./calendar.ts";
import type { DemoFault, Engine, PublishedEvent } from "./engine.ts";

export type Act = { at: number; run: () => Promise<unknown> };

export type Plain = { integration: RequiredName; event: PublishedEvent; dueAt: number };

export const endings = { bad: "example.com", good: "@test.example.com" };

const secondMs = 1_000;
/** So few failures in more than a minute open no circuit breaker. */
const passMs = 61 * secondMs;
const passSize = 9;
const unavailable = { code: "http_503", response: "HTTP 503" };
const keyRefused = { code: "http_401", response: "HTTP 401" };

type Message = { event: PublishedEvent; receiveCount: number };
type Given = { events: readonly PublishedEvent[]; calendar: Calendar; engine: Engine; random: () => number };

export function planDeliveries({ events, calendar, engine, random }: Given): { acts: Act[]; plain: Plain[] } {
  const { badRule, breakerOpensAt, expiredKey, goodRuleFrom, lostMessages, mailchimpPause, slackOutage, until } =
    calendar;
  const acts: Act[] = [];
  const attempt = (at: number, integration: RequiredName, batch: readonly Message[], fault?: DemoFault) => {
    const messages = batch.map(({ event, receiveCount }) => ({ Body: serialiseEnvelope(event), receiveCount }));
    acts.push({ at, run: () => engine.attempt(at, integration, messages, fault) });
  };
  const timeOf = ({ publishedAt }: PublishedEvent) => publishedAt.getTime();
  const emailOf = ({ data }: PublishedEvent) => (data as { email: string }).email;
  const signUps = events.filter(({ type }) => type === "user.signed_up");
  const findSignUps = (isMeant: (at: number, email: string) => boolean) =>
    signUps.filter((event) => isMeant(timeOf(event), emailOf(event)));

  const filteredOut = findSignUps((at, email) =>
    isWithin(badRule, at) ? email.endsWith(endings.bad) : at >= goodRuleFrom && email.endsWith(endings.good),
  );
  const inOutage = findSignUps((at, email) => isWithin(slackOutage, at) && !email.endsWith(endings.good));
  const isRefused = (email: string) => checkEmail(email) !== undefined;
  const refused = findSignUps((_, email) => isRefused(email));
  const refusedByKey = events.filter((event) => isWithin(expiredKey, timeOf(event))).slice(0, 1);
  const lost = findSignUps((at) => isWithin(lostMessages, at)).slice(0, 4);
  const overdue = findSignUps((at, email) => at < until - 25 * minuteMs && !isRefused(email)).slice(-3);
  const incidents: Record<RequiredName, PublishedEvent[]> = {
    analytics: [...refusedByKey, ...lost],
    mailchimp: [...refused, ...overdue],
    slack: [...filteredOut, ...inOutage],
  };
  const keyPause = { from: refusedByKey.map(timeOf)[0] ?? expiredKey.until, until: expiredKey.until };
  const pauses = { analytics: keyPause, mailchimp: mailchimpPause, slack: slackOutage };
  const dueAt = (integration: RequiredName, event: PublishedEvent) => {
    const [at, pause] = [timeOf(event), pauses[integration]];
    return Math.ceil((isWithin(pause, at) ? pause.until : at) + random() * secondMs);
  };
  const plain = requiredNames.flatMap((integration) =>
    (integration === "analytics" ? events : signUps)
      .filter((event) => !incidents[integration].includes(event))
      .map((event): Plain => ({ integration, event, dueAt: dueAt(integration, event) })),
  );

  for (const event of refused) attempt(dueAt("mailchimp", event), "mailchimp", [{ event, receiveCount: 1 }]);
  for (const event of refusedByKey) {
    attempt(timeOf(event) + secondMs, "analytics", [{ event, receiveCount: 1 }], keyRefused);
    attempt(expiredKey.until + secondMs, "analytics", [{ event, receiveCount: 2 }]);
  }
  const { retry, batch } = integrations.slack;
  const waiting: Message[] = [];
  const passes = new Map<number, Message[]>();
  const findPass = (dueMs: number) => {
    let at = Math.ceil(dueMs / passMs) * passMs;
    while ((passes.get(at)?.length ?? 0) >= passSize) at += passMs;
    return at;
  };
  for (const event of inOutage) {
    let [at, receiveCount] = [findPass(timeOf(event)), 1];
    for (; receiveCount <= retry.attempts && at < breakerOpensAt; receiveCount += 1) {
      passes.set(at, [...(passes.get(at) ?? []), { event, receiveCount }]);
      const seconds = retryDelaySeconds(retry, { ...unavailable, attempt: receiveCount, scale: 1, random });
      at = findPass(at + seconds * secondMs);
    }
    if (receiveCount <= retry.attempts) waiting.push({ event, receiveCount });
  }
  for (const [at, messages] of passes) attempt(at, "slack", messages, unavailable);
  const failing = waiting.filter(({ receiveCount }) => receiveCount > 1 && receiveCount < retry.attempts);
  attempt(breakerOpensAt, "slack", failing, unavailable);
  for (const one of failing) one.receiveCount += 1;
  // A probe first, which closes the breaker.
  for (let [from, size] = [0, 1]; from < waiting.length; from += size, size = batch.size)
    attempt(slackOutage.until + from * secondMs, "slack", waiting.slice(from, from + size));
  return { acts, plain };
}
