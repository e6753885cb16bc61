import { Hono } from "hono";
import { z } from "zod";
import type { FakeServiceOptions, Refusal, SandboxEnv } from "../faults.ts";
import type { ProviderEffect } from "../ledger.ts";
import { sandboxWriteKey } from "../variables.ts";

/** Segment responds with 400 beyond these. Source: its HTTP API page. */
const messageLimitBytes = 32 * 1024;
const batchLimitBytes = 500 * 1024;

const messageSchema = z.looseObject({
  type: z.string().optional(),
  messageId: z.string().optional(),
  event: z.string().optional(),
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  timestamp: z.string().optional(),
});

type Message = z.output<typeof messageSchema>;

const batchSchema = z.looseObject({ batch: z.array(messageSchema) });

export const refuseAnalytics: Refusal = ({ status = 400, code, retryAfterSeconds }) =>
  Response.json(
    { success: false, message: code ?? `HTTP ${status}` },
    { status, headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) } },
  );

/** Like the real one, accepts and drops a message without a person's id or an event name. */
export function createAnalytics({ ledger, applyFault }: FakeServiceOptions) {
  const app = new Hono<SandboxEnv>().use(applyFault);
  const refuse = (status: number, code: string) => {
    ledger.refuse("analytics");
    return refuseAnalytics({ status, code });
  };

  app.post("/v1/:call{batch|track|identify}", async (c) => {
    if (!isAuthorised(c.req.header("authorization"))) return refuse(401, "Invalid write key");
    const text = await c.req.text();
    if (Buffer.byteLength(text) > batchLimitBytes) return refuse(400, "Exceeds maximum batch size");
    const messages = parseMessages(c.req.param("call"), text);
    if (messages === undefined) return refuse(400, "Malformed JSON");
    if (messages.some((message) => Buffer.byteLength(JSON.stringify(message)) > messageLimitBytes)) {
      return refuse(400, "Exceeds maximum message size");
    }
    ledger.accept("analytics", messages.filter(isUsable).map(toEffect));
    return c.json({ success: true });
  });
  return app;
}

function isAuthorised(header: string | undefined): boolean {
  return header === `Basic ${Buffer.from(`${sandboxWriteKey}:`).toString("base64")}`;
}

function parseMessages(call: string, text: string): Message[] | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (call === "batch") return batchSchema.parse(json).batch;
    return [{ ...messageSchema.parse(json), type: call }];
  } catch {
    return undefined;
  }
}

function isUsable(message: Message): boolean {
  const hasPerson = Boolean(message.userId ?? message.anonymousId);
  return hasPerson && (message.type === "identify" || (message.type === "track" && Boolean(message.event)));
}

function toEffect(message: Message): ProviderEffect {
  const { type, event, userId, anonymousId, timestamp } = message;
  return { key: message.messageId ?? crypto.randomUUID(), detail: { type, event, userId, anonymousId, timestamp } };
}
