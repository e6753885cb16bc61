import type { Envelope } from "../events/index.ts";
import { toChunks } from "./calls.ts";

/** Slack takes 3,000 characters a section, and about 13,000 in the blocks of a message; it advises 4,000 for `text`. Sources: Block Kit reference, bolt-js#2509, chat.postMessage. */
const sectionLength = 3_000;
const messageLength = 12_000;
const textLength = 4_000;
const messageLines = 90;

const nameLength = 100;
const emailLength = 254;

const phrases: Readonly<Record<string, string>> = { "user.signed_up": "signed up", "user.logged_in": "logged in" };

export type SlackMessage = {
  text: string;
  blocks: { type: "section"; text: { type: "mrkdwn"; text: string; verbatim: true } }[];
  metadata: { event_type: string; event_payload: { event_ids: string[] } };
};

/** Cuts a batch into messages: one, unless its lines are unusually long or more than 90. */
export function toMessageChunks(events: readonly Envelope[]): Envelope[][] {
  return toChunks(events, {
    maximumLength: messageLines,
    maximumSize: messageLength,
    sizeOf: (event) => toLine(event).length + 1,
  });
}

/** A message with a line for each event, which also carries the events' ids for whoever has to find out what was posted. */
export function toMessage(events: readonly Envelope[]): SlackMessage {
  const sections = toChunks(events.map(toLine), {
    maximumLength: messageLines,
    maximumSize: sectionLength,
    sizeOf: (line) => line.length + 1,
  });
  return {
    text: toText(events),
    blocks: sections.map((lines) => ({
      type: "section",
      text: { type: "mrkdwn", text: lines.join("\n"), verbatim: true },
    })),
    metadata: { event_type: "eventfork_events", event_payload: { event_ids: events.map(({ id }) => id) } },
  };
}

function toLine(event: Envelope): string {
  const { name, email, phrase } = wordsOf(event);
  const seconds = Math.floor(Date.parse(event.time) / 1_000);
  const fallback = `${new Date(event.time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const when = `<!date^${seconds}^{date_short_pretty} {time}|${fallback}>`;
  return [
    `*${escapeText(name ?? email ?? "Somebody")}* ${phrase}`,
    ...(name && email ? [escapeText(email)] : []),
    when,
  ].join(" · ");
}

/** What notifications and screen readers say instead of the blocks. */
function toText(events: readonly Envelope[]): string {
  const lines = events.map((event) => {
    const { name, email, phrase } = wordsOf(event);
    return `${escapeText(name && email ? `${name} (${email})` : (name ?? email ?? "Somebody"))} ${phrase}`;
  });
  const [first = []] = toChunks(lines, {
    maximumLength: messageLines,
    maximumSize: textLength - 30,
    sizeOf: (line) => line.length + 1,
  });
  const left = lines.length - first.length;
  return [...first, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
}

function wordsOf(event: Envelope) {
  return {
    name: plain(event.data.name, nameLength),
    email: plain(event.data.email, emailLength),
    phrase: phrases[event.type] ?? `· ${escapeText(event.type)}`,
  };
}

/** One line of a person's own words: no line breaks, no control or direction characters that could pass for another line. */
function plain(value: unknown, maximumLength: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = value.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  if (line === "") return undefined;
  return line.length > maximumLength ? `${[...line].slice(0, maximumLength - 1).join("")}…` : line;
}

/** Slack's own three escapes: without them a name such as `<!channel>` would call everyone. Source: "Formatting text for app surfaces". */
function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
