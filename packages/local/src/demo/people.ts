import { newId } from "@eventfork/core/kernel";
import { createRandom } from "../sandbox/faults.ts";
import { type Calendar, isWithin } from "./calendar.ts";
import { dayMs, hourMs, minuteMs } from "./clock.ts";
import { createNamer } from "./names.ts";

type Person = {
  id: string;
  name: string;
  email: string;
  marketingConsent: boolean;
  signedUpAt: number;
  /** A program of ours has sent the sign-up with its key. */
  isFromApp: boolean;
};

/** Something that a person did. */
export type Visit = { at: number; person: Person; kind: "sign-up" | "log-in" };

const binMs = 5 * minuteMs;
const logInsEach = 2.4;
/** Of a hundred people so many use the app on a phone. */
const appShare = 0.12;

/** Sign-ups that Mailchimp refuses, and our own tests, by their place among the others. */
const oddOnes: readonly { place: number; name: string; email: string }[] = [
  { place: 0.04, name: "QA Robot", email: "qa+signup@test.example.com" },
  { place: 0.11, name: "asdf asdf", email: "asdf@example.com" },
  { place: 0.19, name: "Test", email: "test@example.com" },
  { place: 0.27, name: "Marek Nowak", email: "busy@lumen.example" },
  { place: 0.33, name: "John Doe", email: "john.doe@example.com" },
  { place: 0.42, name: "Greta Holm", email: "compliance@fjord.example" },
  { place: 0.51, name: "QA Robot", email: "qa+rules@test.example.com" },
  { place: 0.58, name: "Jane Roe", email: "jane@example.org" },
  { place: 0.66, name: "Ismail Koç", email: "forgotten@post.example.org" },
  { place: 0.74, name: "QA Robot", email: "qa+outage@test.example.com" },
  { place: 0.81, name: "Nobody Special", email: "nobody@example.net" },
  { place: 0.88, name: "Greta Holm", email: "compliance+work@northwind.example" },
  { place: 0.93, name: "QA Robot", email: "qa+nightly@test.example.com" },
  { place: 0.965, name: "abc", email: "abc@example.com" },
];

/** How busy the app is at a time: by night and at weekends less, and more from day to day. */
function rateAt(calendar: Calendar, ms: number): number {
  const { launch, newsletter, slackOutage, campaign } = calendar;
  const quiet = quietRateAt(calendar, ms);
  if (isWithin(launch, ms)) return quiet + 9 * Math.exp(-(ms - launch.from) / (1.2 * hourMs));
  if (isWithin(newsletter, ms)) return quiet + (ms < newsletter.from + 10 * minuteMs ? 90 : 8);
  if (isWithin(slackOutage, ms)) return quiet + 1.3;
  return isWithin(campaign, ms) ? quiet + (8 * (ms - campaign.from)) / (campaign.until - campaign.from) : quiet;
}

/** The same on a day on which nothing has happened that draws people. */
export function quietRateAt({ from, until }: Calendar, ms: number): number {
  const hour = (ms % dayMs) / hourMs;
  const byHour = 0.16 + Math.exp(-((hour - 10) ** 2) / 14) + 0.85 * Math.exp(-((hour - 18.5) ** 2) / 10);
  const weekday = new Date(ms).getUTCDay();
  const byDay = weekday === 0 || weekday === 6 ? 0.5 : 1;
  const growth = 0.7 + (0.6 * (ms - from)) / (until - from);
  return byHour * byDay * growth;
}

/** Everybody who signed up in the fortnight, and when they came back; the same for the same seed, but for their ids. */
export function createVisits(calendar: Calendar, options: { people: number; seed: number }): Visit[] {
  const random = createRandom(options.seed);
  const drawTime = createTimes(calendar, random);
  const name = createNamer(random);
  const times = Array.from({ length: options.people }, () => drawTime(calendar.from)).sort((a, b) => a - b);
  const odd = new Map(oddOnes.map(({ place, ...one }) => [Math.floor(place * options.people), one]));
  const visits: Visit[] = [];
  for (const [index, signedUpAt] of times.entries()) {
    const who = odd.get(index) ?? name();
    const isFromApp = random() < appShare;
    const person = { id: newId("user"), ...who, marketingConsent: random() < 0.55, signedUpAt, isFromApp };
    visits.push({ at: signedUpAt, person, kind: "sign-up" });
    for (let left = -Math.log(1 - random()) * logInsEach; left > 1; left -= 1) {
      const at = drawTime(signedUpAt + 20 * minuteMs);
      if (at < calendar.until) visits.push({ at, person, kind: "log-in" });
    }
  }
  return visits.sort((a, b) => a.at - b.at);
}

/** Draws times after another one, more where the app is busier. */
function createTimes(calendar: Calendar, random: () => number): (after: number) => number {
  const ends: number[] = [];
  let sum = 0;
  for (let ms = calendar.from; ms < calendar.until; ms += binMs) {
    sum += rateAt(calendar, ms);
    ends.push(sum);
  }
  return (after) => {
    const first = Math.floor((after - calendar.from) / binMs);
    const before = first <= 0 ? 0 : (ends[Math.min(first, ends.length) - 1] ?? 0);
    const wanted = before + random() * (sum - before);
    const bin = ends.findIndex((end) => end >= wanted);
    return Math.max(after, Math.floor(calendar.from + (bin + random()) * binMs));
  };
}
