import type { Envelope } from "../../events/index.ts";
import { clip, withoutHidden } from "../../platform/text/text.ts";
import { toChunks } from "../framework/calls.ts";

/**
 * Limits: 3,000 characters a text block, about 13,000 in all blocks; 4,000 advised for `text`. Sources: Block Kit
 * reference, bolt-js#2509, chat.postMessage.
 */
const sectionLength = 3_000;
const messageLength = 12_000;
const textLength = 4_000;
const messageLines = 90;

const nameLength = 100;
const emailLength = 254;

const longestValue = 2_000;

const dateLength = 40;

const phrases: Readonly<Record<string, string>> = { "user.signed_up": "signed up", "user.logged_in": "logged in" };

type Text = { type: "text"; text: string; style?: { bold: true } };
type When = { type: "date"; timestamp: number; format: string; fallback: string };
type Section = { type: "rich_text_section"; elements: (Text | When)[] };

export type SlackMessage = {
  text: string;
  mrkdwn: false;
  blocks: { type: "rich_text"; elements: [Section] }[];
  metadata: { event_type: string; event_payload: { event_ids: string[] } };
};

export type SlackLine = { event: Envelope; elements: (Text | When)[]; size: number; text: string };

/** Rich text does not parse markup in a name. */
export function toLine(event: Envelope): SlackLine {
  const name = plain(event.data.name, nameLength);
  const email = plain(event.data.email, emailLength);
  const who = name ?? email ?? "Somebody";
  const address = name && email ? email : undefined;
  const phrase = phrases[event.type] ?? `· ${event.type.toWellFormed()}`;
  const at = new Date(event.time);
  const when: When = {
    type: "date",
    timestamp: Math.floor(at.getTime() / 1_000),
    format: "{date_short_pretty} {time}",
    fallback: `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`,
  };
  const rest = ` ${phrase} · ${address === undefined ? "" : `${address} · `}`;
  const text = `${who}${address === undefined ? "" : ` (${address})`} ${phrase}`;
  const elements: SlackLine["elements"] = [
    { type: "text", text: who, style: { bold: true } },
    { type: "text", text: rest },
    when,
  ];
  return { event, elements, size: who.length + rest.length + dateLength, text: escapeText(text) };
}

export function toMessageChunks(lines: readonly SlackLine[]): SlackLine[][] {
  return toChunks(lines, {
    maximumLength: messageLines,
    maximumSize: messageLength,
    sizeOf: ({ size }) => size + 1,
  });
}

export function toMessage(lines: readonly SlackLine[]): SlackMessage {
  const sections = toChunks(lines, {
    maximumLength: messageLines,
    maximumSize: sectionLength,
    sizeOf: ({ size }) => size + 1,
  });
  return {
    text: toText(lines),
    mrkdwn: false,
    blocks: sections.map((section) => ({ type: "rich_text", elements: [toSection(section)] })),
    metadata: { event_type: "eventfork_events", event_payload: { event_ids: lines.map(({ event }) => event.id) } },
  };
}

function toSection(lines: readonly SlackLine[]): Section {
  const lineBreak: Text = { type: "text", text: "\n" };
  const elements = lines.flatMap(({ elements }, i) => (i === 0 ? elements : [lineBreak, ...elements]));
  return { type: "rich_text_section", elements };
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

function plain(value: unknown, maximumLength: number): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = withoutHidden(value.slice(0, longestValue))
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return line === "" ? undefined : clip(line, maximumLength, "…");
}

/** A name such as `<!channel>` would notify everyone. Source: "Formatting text for app surfaces". */
function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
