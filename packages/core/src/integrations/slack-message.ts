import type { Envelope } from "../events/index.ts";
import { toChunks } from "./calls.ts";

/**
 * Slack takes 3,000 characters a section, and about 13,000 in a message's blocks; it advises 4,000 for `text`. Sources:
 * Block Kit reference, bolt-js#2509, chat.postMessage.
 */
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

export type SlackLine = { event: Envelope; mrkdwn: string; text: string };

export function toLine(event: Envelope): SlackLine {
  const name = plain(event.data.name, nameLength);
  const email = plain(event.data.email, emailLength);
  const who = escapeText(name ?? email ?? "Somebody");
  const address = name && email ? escapeText(email) : undefined;
  const phrase = phrases[event.type] ?? `· ${escapeText(event.type)}`;
  const at = new Date(event.time);
  const fallback = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const when = `<!date^${Math.floor(at.getTime() / 1_000)}^{date_short_pretty} {time}|${fallback}>`;
  return {
    event,
    mrkdwn: `*${who}* ${phrase} · ${address === undefined ? "" : `${address} · `}${when}`,
    text: `${who}${address === undefined ? "" : ` (${address})`} ${phrase}`,
  };
}

/** Cuts a batch into messages: one, unless its lines are unusually long or more than 90. */
export function toMessageChunks(lines: readonly SlackLine[]): SlackLine[][] {
  return toChunks(lines, {
    maximumLength: messageLines,
    maximumSize: messageLength,
    sizeOf: ({ mrkdwn }) => mrkdwn.length + 1,
  });
}

/** One line for each event. The metadata carries the events' ids, by which `findPosted` knows them. */
export function toMessage(lines: readonly SlackLine[]): SlackMessage {
  const sections = toChunks(lines, {
    maximumLength: messageLines,
    maximumSize: sectionLength,
    sizeOf: ({ mrkdwn }) => mrkdwn.length + 1,
  });
  return {
    text: toText(lines),
    blocks: sections.map((section) => ({
      type: "section",
      text: { type: "mrkdwn", text: section.map(({ mrkdwn }) => mrkdwn).join("\n"), verbatim: true },
    })),
    metadata: { event_type: "eventfork_events", event_payload: { event_ids: lines.map(({ event }) => event.id) } },
  };
}

function toText(lines: readonly SlackLine[]): string {
  const [first = []] = toChunks(lines, {
    maximumLength: messageLines,
    maximumSize: textLength - 30,
    sizeOf: ({ text }) => text.length + 1,
  });
  const left = lines.length - first.length;
  return [...first.map(({ text }) => text), ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
}

/** No line breaks, control or direction characters, which could pass for another line. */
function plain(value: unknown, maximumLength: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = value.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  if (line === "") return undefined;
  return line.length > maximumLength ? `${[...line].slice(0, maximumLength - 1).join("")}…` : line;
}

/** Slack's three escapes ("Formatting text for app surfaces"): a name such as `<!channel>` would call everyone. */
function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
