import type { Plan } from "./plans.ts";

type Timed = { page: string; name: string; limitMs: number; p50Ms: number; p95Ms: number; isHeld: boolean };

export type Report = {
  deliveries: number;
  events: number;
  rounds: number;
  calls: Timed[];
  /** Overviews that are open at once; `cores` is null where the system does not tell. */
  dashboards: { open: number; polls: number; cores: number | null; maximumCores: number; isHeld: boolean };
  plans: (Plan & { page: string; name: string; scans: string[] })[];
};

/** Whether every limit is held, and no statement scans a big table. */
export function isHeld({ calls, dashboards, plans }: Report): boolean {
  return calls.every((call) => call.isHeld) && dashboards.isHeld && plans.every(({ scans }) => scans.length === 0);
}

const say = (isHeld: boolean) => (isHeld ? "ok  " : "OVER");

export function toText({ deliveries, events, rounds, calls, dashboards, plans }: Report): string {
  const scans = plans.filter((plan) => plan.scans.length > 0);
  const { open, polls, cores, maximumCores } = dashboards;
  const count = (n: number) => n.toLocaleString("en");
  return [
    `${count(deliveries)} deliveries of ${count(events)} events; server time of ${rounds} calls, without HTTP`,
    "",
    ...calls.map(
      ({ page, name, limitMs, p50Ms, p95Ms, isHeld }) =>
        `${say(isHeld)}  ${`${page}: ${name}`.padEnd(52)} p50 ${String(p50Ms).padStart(7)} ms   p95 ${String(p95Ms).padStart(7)} ms   limit ${limitMs} ms`,
    ),
    "",
    `${say(dashboards.isHeld)}  ${open} overviews open, ${polls} polls: ${cores === null ? "?" : (cores * 100).toFixed(1)} % of one core in the database, limit ${maximumCores * 100} %`,
    "",
    `plans of ${plans.length} statements; ${scans.length} go through a big table`,
    ...plans.flatMap(({ page, name, query, reads }) => [
      `  ${page}: ${name}: ${query.slice(0, 100)}`,
      ...reads.map(({ table, how, rows }) => `      ${table}: ${how}, ${count(rows)} rows`),
    ]),
    ...scans.flatMap(({ page, name, scans: found }) => found.map((scan) => `SCAN  ${page}: ${name}: ${scan}`)),
  ].join("\n");
}
