import { type Context, Hono } from "hono";
import { z } from "zod";
import type { FakeServiceOptions, Refusal, SandboxEnv } from "../faults.ts";
import type { ProviderEffect, SandboxLedger } from "../ledger.ts";
import { sandboxBotToken } from "../variables.ts";

const channels = [
  { id: "C0SIGNUPS01", name: "sign-ups", is_archived: false, is_member: true },
  { id: "C0ARCHIVED1", name: "archived", is_archived: true, is_member: true },
  { id: "C0PRIVATE01", name: "private", is_archived: false, is_member: false },
] as const;

/** Sources: chat.postMessage, Block Kit and rate limit pages, bolt-js#2509; burst and metadata size are guesses. */
const textLimit = 40_000;
const blockLimit = 50;
const sectionLimit = 3_000;
const blocksLimit = 13_200;
const metadataLimit = 16_000;
const burst = 5;
const perSecond = 1;

const blockTypes = ["section", "header", "divider", "context", "actions", "image", "rich_text", "markdown"] as const;
const textObject = z.looseObject({ type: z.enum(["mrkdwn", "plain_text"]), text: z.string().min(1) });
const blocksSchema = z.array(
  z.looseObject({ type: z.enum(blockTypes), text: textObject.or(z.string()).optional() }).refine((block) => {
    if (block.type === "rich_text") return richText.safeParse(block).success;
    if (block.type !== "section") return true;
    const length = typeof block.text === "object" ? block.text.text.length : 0;
    return length <= sectionLimit && (length > 0 || block.fields !== undefined);
  }),
);
const textElements = z.array(z.looseObject({ type: z.string(), text: z.string().optional() }));
const richText = z.object({
  type: z.literal("rich_text"),
  elements: z.array(z.looseObject({ elements: textElements })),
});

export type TextElement = z.output<typeof textElements>[number];

export function richTextOf(block: object): TextElement[] {
  return richText.safeParse(block).data?.elements.flatMap(({ elements }) => elements) ?? [];
}

const metadataSchema = z.looseObject({
  event_type: z.string().min(1),
  event_payload: z.looseObject({ event_ids: z.array(z.string()).optional() }),
});

export type SandboxMessage = {
  type: "message";
  subtype: "bot_message";
  ts: string;
  bot_id: string;
  text: string;
  blocks?: z.output<typeof blocksSchema>;
  metadata?: z.output<typeof metadataSchema>;
};

export const refuseSlack: Refusal = ({ status = 200, code, retryAfterSeconds }) => {
  return Response.json(
    { ok: false, error: code ?? (status === 429 ? "ratelimited" : "internal_error") },
    { status, headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) } },
  );
};

/** A workspace with `#sign-ups`, `#archived` and `#private`, of which the bot is no member. */
export function createSlack({ ledger, limits, now, applyFault }: FakeServiceOptions) {
  const app = new Hono<SandboxEnv>().use(applyFault);
  const nextTs = createClock(ledger, now);
  const takeToken = createBucket();
  const refuse = (error: string, messages: readonly string[] = []) => {
    ledger.refuse("slack");
    return { ok: false, error, ...(messages.length === 0 ? {} : { response_metadata: { messages } }) };
  };

  const methods: Record<string, (args: Record<string, string>) => Response | { ok: boolean }> = {
    "auth.test": () => ({
      ok: true,
      url: "https://sandbox.slack.com/",
      team: "Sandbox",
      user: "eventfork",
      team_id: "T0SANDBOX01",
      user_id: "U0SANDBOX01",
      bot_id: "B0SANDBOX01",
    }),

    "chat.postMessage": (args) => {
      const channel = findChannel(args.channel) ?? findByName(args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      if (channel.is_archived) return refuse("is_archived");
      if (!channel.is_member) return refuse("not_in_channel");
      const message = parseMessage(args);
      if ("error" in message) return refuse(message.error, message.messages);
      const wait = limits.enabled ? takeToken(channel.id) : 0;
      if (wait > 0) {
        ledger.refuse("slack");
        return refuseSlack({ status: 429, retryAfterSeconds: wait });
      }
      const ts = nextTs();
      const posted: SandboxMessage = { type: "message", subtype: "bot_message", ts, bot_id: "B0SANDBOX01", ...message };
      ledger.accept("slack", toEffects(posted, channel.name), () => {
        ledger.sql("INSERT INTO slack_message VALUES (?, ?, ?)").run(ts, channel.id, JSON.stringify(posted));
      });
      return { ok: true, channel: channel.id, ts, message: posted };
    },

    "conversations.list": () => ({ ok: true, channels }),

    "conversations.info": (args) => {
      const channel = findChannel(args.channel);
      return channel === undefined ? refuse("channel_not_found") : { ok: true, channel };
    },

    "conversations.history": (args) => {
      const channel = findChannel(args.channel);
      if (channel === undefined) return refuse("channel_not_found");
      if (!channel.is_member) return refuse("not_in_channel");
      const limit = Math.min(Math.max(Number(args.limit ?? 100) || 100, 1), 999);
      const found = listMessages(ledger, limit + 1, { ...args, channel: channel.id });
      const page = found.slice(0, limit);
      const hasMore = found.length > limit;
      return {
        ok: true,
        has_more: hasMore,
        messages: page.map(({ metadata, ...message }) =>
          args.include_all_metadata === "true" ? { ...message, metadata } : message,
        ),
        ...(hasMore ? { response_metadata: { next_cursor: page.at(-1)?.ts } } : {}),
      };
    },
  };

  app.all("/:method", async (c) => {
    const args = await readArguments(c);
    const token = c.req.header("authorization")?.replace(/^Bearer /, "") ?? args.token;
    if (token === undefined || token === "") return c.json(refuse("not_authed"));
    if (token !== sandboxBotToken) return c.json(refuse("invalid_auth"));
    const answer = methods[c.req.param("method")]?.(args) ?? refuse("unknown_method");
    return answer instanceof Response ? answer : c.json(answer);
  });
  return app;
}

export function listMessages(
  ledger: SandboxLedger,
  limit: number,
  range: { channel?: string; oldest?: string; latest?: string; cursor?: string } = {},
): SandboxMessage[] {
  const rows = ledger
    .sql(
      "SELECT message FROM slack_message WHERE channel = ? AND ts > ? AND ts < ? AND ts < ? ORDER BY ts DESC LIMIT ?",
    )
    .all(range.channel ?? channels[0].id, range.oldest ?? "", range.latest ?? "~", range.cursor ?? "~", limit);
  return rows.map((row) => JSON.parse(String(row.message)));
}

function findChannel(id = "") {
  return channels.find((channel) => channel.id === id);
}

function findByName(name = "") {
  return channels.find((channel) => channel.name === name.replace(/^#/, ""));
}

/** Slack accepts forms and JSON; a form's non-text value is JSON. */
async function readArguments(c: Context<SandboxEnv>): Promise<Record<string, string>> {
  const query = c.req.query();
  const text = await c.req.text();
  if (!c.req.header("content-type")?.startsWith("application/json")) {
    return { ...query, ...Object.fromEntries(new URLSearchParams(text)) };
  }
  const { data = {} } = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  const toText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return { ...query, ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, toText(value)])) };
}

type Content = Pick<SandboxMessage, "text" | "blocks" | "metadata">;

function parseMessage(args: Record<string, string>): Content | { error: string; messages?: string[] } {
  const { text = "", blocks, metadata } = args;
  if (text === "" && blocks === undefined) return { error: "no_text" };
  if (text.length > textLimit) return { error: "msg_too_long" };
  const content: Content = { text };
  if (blocks !== undefined) {
    const json = parseJson(blocks);
    if (!Array.isArray(json)) return { error: "invalid_blocks_format" };
    if (json.length > blockLimit) {
      const message = `[ERROR] no more than ${blockLimit} items allowed [json-pointer:/blocks]`;
      return { error: "invalid_blocks", messages: [message] };
    }
    const parsed = blocksSchema.safeParse(json);
    if (!parsed.success) {
      const pointers = parsed.error.issues.map(
        (issue) => `[ERROR] ${issue.message} [json-pointer:/blocks/${issue.path.join("/")}]`,
      );
      return { error: "invalid_blocks", messages: pointers };
    }
    if (textLengthOf(parsed.data) > blocksLimit) return { error: "msg_blocks_too_long" };
    content.blocks = parsed.data;
  }
  if (metadata !== undefined) {
    const parsed = metadataSchema.safeParse(parseJson(metadata));
    if (!parsed.success) return { error: "invalid_metadata_format" };
    if (metadata.length > metadataLimit) return { error: "metadata_too_large" };
    content.metadata = parsed.data;
  }
  return content;
}

function textLengthOf(blocks: z.output<typeof blocksSchema>): number {
  const lengthOf = (text: string | { text: string } = "") => (typeof text === "string" ? text : text.text).length;
  return blocks.reduce(
    (sum, block) => sum + [block, ...richTextOf(block)].reduce((all, { text }) => all + lengthOf(text), 0),
    0,
  );
}

function toEffects(message: SandboxMessage, channel: string): ProviderEffect[] {
  const ids = message.metadata?.event_payload.event_ids ?? [`ts:${message.ts}`];
  return ids.map((key) => ({ key, detail: { channel, ts: message.ts } }));
}

/** Slack's `ts`: seconds and microseconds, never repeated. */
function createClock(ledger: SandboxLedger, now: () => number): () => string {
  const last = ledger.sql("SELECT max(ts) AS ts FROM slack_message").get()?.ts;
  let microseconds = typeof last === "string" ? Math.round(Number(last) * 1e6) : 0;
  return () => {
    microseconds = Math.max(microseconds + 1, now() * 1_000);
    return (microseconds / 1e6).toFixed(6);
  };
}

/** About one message a second per channel, after a short burst. Returns the seconds to wait. */
function createBucket(): (channel: string) => number {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (channel) => {
    const now = Date.now() / 1_000;
    const { tokens, at } = buckets.get(channel) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + (now - at) * perSecond);
    const isAllowed = filled >= 1;
    buckets.set(channel, { tokens: isAllowed ? filled - 1 : filled, at: now });
    return isAllowed ? 0 : Math.max(1, Math.ceil((1 - filled) / perSecond));
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
