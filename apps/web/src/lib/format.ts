import { formatNumber } from "@eventfork/core/platform/text/numbers";

export function pluralise(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

const units = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

export function formatSeconds(seconds: number): string {
  let left = Math.round(seconds);
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [pluralise(count, unit)];
  });
  return parts.slice(0, 2).join(" ") || "0 seconds";
}

const relative = new Intl.RelativeTimeFormat("en");

export function formatDistance(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [unit, size] = units.find((one) => Math.abs(seconds) >= one[1]) ?? ["second", 1];
  return relative.format(Math.round(seconds / size), unit);
}

const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", options);
const day = { day: "numeric", month: "short" } as const;
const dateFormats = {
  day: date(day),
  weekday: date({ dateStyle: "full" }),
  date: date({ dateStyle: "long" }),
  time: date({ timeStyle: "short" }),
  dayAndTime: date({ ...day, hour: "2-digit", minute: "2-digit" }),
  minute: date({ dateStyle: "medium", timeStyle: "short" }),
  second: date({ dateStyle: "medium", timeStyle: "medium" }),
};

export const formatDate = (at: Date, format: keyof typeof dateFormats): string => dateFormats[format].format(at);

const tailLength = 6;

export function shortenId(id: string): string {
  const prefix = id.slice(0, id.indexOf("_") + 1);
  return id.length > prefix.length + tailLength ? `${prefix}…${id.slice(-tailLength)}` : id;
}

const browsers: readonly [pattern: RegExp, name: string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const systems: readonly [pattern: RegExp, name: string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

export function nameUserAgent(userAgent: string | null): string {
  if (userAgent === null || userAgent === "") return "An unknown browser";
  const find = (names: typeof browsers) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, system] = [find(browsers), find(systems)];
  if (browser === undefined) return userAgent.split(/[\s/]/, 1)[0] ?? "An unknown browser";
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** Loopback addresses, also as better-auth stores them: in full, and without the last 64 bits. */
const loopback = /^(127\.|::1?$|0000(:0000){6}:000[01]$)/;

export function formatClientAddress(address: string): string {
  return loopback.test(address) ? "this machine" : address;
}
