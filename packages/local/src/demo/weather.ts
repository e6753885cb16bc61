import type { IntegrationName } from "@eventfork/core/topology";
import { createRandom, type Fault } from "../sandbox/faults.ts";
import { type Calendar, isWithin } from "./calendar.ts";

/** What a third party is like at a time: how it fails, if it does, and how long a call takes. */
export type Weather = (name: IntegrationName, at: number) => { fault: Partial<Fault> | null; latencyMs: number };

/** Half of a third party's calls take less than this, when all is well. */
const usualMs: Readonly<Partial<Record<IntegrationName, number>>> = { analytics: 62, mailchimp: 340, slack: 185 };

/** The weather of the fortnight: mostly fair, an outage of Slack, a key of analytics that was not renewed, half an hour of a slow Mailchimp. */
export function createWeather(calendar: Calendar, seed: number): Weather {
  const random = createRandom(seed);
  const stretch = () => Math.exp(0.45 * (random() + random() + random() - 1.5) * 2);
  return (name, at) => {
    const usual = (usualMs[name] ?? 200) * stretch();
    const chance = random();
    if (name === "slack" && isWithin(calendar.slackOutage, at)) return outage(calendar, at, usual);
    if (name === "analytics" && isWithin(calendar.analyticsKey, at))
      return { fault: { status: 401 }, latencyMs: usual };
    if (name === "mailchimp" && isWithin(calendar.mailchimpBlip, at)) {
      return chance < 0.55
        ? { fault: { status: 503 }, latencyMs: 2_900 + usual }
        : { fault: null, latencyMs: 8 * usual };
    }
    if (name === "slack" && isWithin(calendar.launch, at) && chance < 0.3) {
      return { fault: { status: 429, retryAfterSeconds: 12 }, latencyMs: usual / 3 };
    }
    if (chance < 0.008) return { fault: { status: 500 }, latencyMs: 1.6 * usual };
    return { fault: null, latencyMs: chance > 0.97 ? 5 * usual : usual };
  };
}

/** First it puts everybody off, which no breaker counts and each try does; once the newsletter is out, it says itself that it is down. */
function outage({ newsletter }: Calendar, at: number, usual: number): ReturnType<Weather> {
  if (at < newsletter.from) return { fault: { status: 429, retryAfterSeconds: 20 }, latencyMs: usual };
  return { fault: { status: 503 }, latencyMs: 2 * usual };
}
