import { newId } from "@eventfork/core/platform";
import { dayMs, hourMs, minuteMs } from "@eventfork/core/rollups/presets";
import { createSeededRandom } from "../sandbox/faults.ts";
import { type Calendar, isWeekend, isWithin } from "./calendar.ts";
import { createNamer } from "./names.ts";

export type DemoPerson = { id: string; name: string; email: string; marketingConsent: boolean; isFromApp: boolean };

export type Visit = { at: number; person: DemoPerson; kind: "sign-up" | "log-in" };

const logInsEach = 2.4;
const ourTest = "qa+rules@test.example.com";

const unusual: readonly (readonly [place: number, name: string, email: string])[] = [
  [0.11, "asdf asdf", "asdf@example.com"],
  [0.19, "Test", "test@example.com"],
  [0.27, "Marek Nowak", "busy@lumen.example"],
  [0.33, "John Doe", "john.doe@example.com"],
  [0.42, "Greta Holm", "compliance@fjord.example"],
  [0.58, "Jane Roe", "jane@example.org"],
  [0.66, "Ismail Koç", "forgotten@post.example.org"],
  [0.74, "QA Robot", "qa+outage@test.example.com"],
  [0.81, "Nobody Special", "nobody@example.net"],
  [0.93, "QA Robot", "qa+nightly@test.example.com"],
  [0.965, "abc", "abc@example.com"],
];

export function createVisits(calendar: Calendar, options: { people: number; seed: number }): Visit[] {
  const random = createSeededRandom(options.seed);
  const invent = createInventor(random);
  const times = Array.from({ length: options.people }, () => drawTime(calendar, random, calendar.from));
  const ours = [times.filter((at) => at < calendar.goodRuleFrom).length / options.people, "QA Robot", ourTest] as const;
  const visits = times
    .sort((a, b) => a - b)
    .flatMap((signedUpAt, index): Visit[] => {
      const isHere = ([place]: (typeof unusual)[number]) => Math.round(place * options.people) === index;
      const [, name, email] = [ours, ...unusual].find(isHere) ?? [];
      const person = { ...invent(), ...(name && email && { name, email }) };
      const logIns = Array.from({ length: Math.floor(-Math.log(1 - random()) * logInsEach) }, () =>
        drawTime(calendar, random, signedUpAt + 20 * minuteMs),
      );
      const later = logIns.filter((at) => at < calendar.until).map((at): Visit => ({ at, person, kind: "log-in" }));
      return [{ at: signedUpAt, person, kind: "sign-up" }, ...later];
    });
  return visits.sort((a, b) => a.at - b.at);
}

export function createInventor(random: () => number): () => DemoPerson {
  const name = createNamer(random);
  return () => ({ id: newId("user"), ...name(), marketingConsent: random() < 0.55, isFromApp: random() < 0.12 });
}

function drawTime(calendar: Calendar, random: () => number, after: number): number {
  const highestRate = 93;
  let at: number;
  do {
    at = Math.floor(after + random() * (calendar.until - after));
  } while (after < calendar.until && random() * highestRate > rateAt(calendar, at));
  return at;
}

function rateAt({ from, until, launch, newsletter, slackOutage, campaign }: Calendar, ms: number): number {
  const hour = (ms % dayMs) / hourMs;
  const byHour = 0.16 + Math.exp(-((hour - 10) ** 2) / 14) + 0.85 * Math.exp(-((hour - 18.5) ** 2) / 10);
  const usual = byHour * (isWeekend(ms) ? 0.5 : 1) * (0.7 + (0.6 * (ms - from)) / (until - from));
  if (isWithin(launch, ms)) return usual + 9 * Math.exp(-(ms - launch.from) / (1.2 * hourMs));
  if (isWithin(newsletter, ms)) return usual + (ms < newsletter.from + 10 * minuteMs ? 90 : 8);
  if (isWithin(slackOutage, ms)) return usual + 1.3;
  return isWithin(campaign, ms) ? usual + (8 * (ms - campaign.from)) / (campaign.until - campaign.from) : usual;
}
