import { once } from "node:events";
import { createServer } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createTestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Ctx } from "../platform/index.ts";
import { requiredNames } from "../topology/index.ts";
import { listIntegrations } from "./index.ts";

let ctx: Ctx;
beforeAll(async () => {
  ctx = await createTestCtx();
});
afterAll(() => ctx.db.$disconnect());

async function readOpen(): Promise<Record<string, number>> {
  return Object.fromEntries((await listIntegrations(ctx)).map(({ name, openDeadLetters }) => [name, openDeadLetters]));
}

async function keepDeadLetter(id: string, status: string): Promise<void> {
  const at = ctx.now();
  await ctx.db.deadLetter.create({
    data: {
      id,
      integration: "slack",
      messageId: id,
      body: "{not json",
      attributes: {},
      receiveCount: 1,
      archivedAt: at,
      errorClass: "Unparseable",
      reason: "The body is not JSON.",
      status,
      statusAt: at,
    },
  });
}

test("a dead letter that is no delivery shows at its integration while it is open, and at no other", async () => {
  const none = Object.fromEntries(requiredNames.map((name) => [name, 0]));
  expect(await readOpen()).toEqual(none);
  await keepDeadLetter("dlt_open", "open");
  await keepDeadLetter("dlt_resolved", "resolved");
  expect(await readOpen()).toEqual({ ...none, slack: 1 });
});

test("a rate limit shows until when it lasts, and for a minute after its last sign", async () => {
  const [now, until] = [ctx.now(), new Date(ctx.now().getTime() + 5_000)];
  const limit = { limitedAt: now, limitedUntil: until, limitSeconds: 5 };
  await ctx.db.integrationState.create({ data: { integration: "slack", updatedAt: now, ...limit } });
  const read = async (at: Date) => {
    const statuses = await listIntegrations({ ...ctx, now: () => at });
    return statuses.flatMap(({ name, rateLimitedUntil }) =>
      rateLimitedUntil === null ? [] : [{ name, rateLimitedUntil }],
    );
  };
  expect(await read(now)).toEqual([{ name: "slack", rateLimitedUntil: until }]);
  expect(await read(new Date(until.getTime() + 59_000))).toEqual([{ name: "slack", rateLimitedUntil: until }]);
  expect(await read(new Date(until.getTime() + 60_000))).toEqual([]);
});

test("a broker that never answers delays no one: its queues are unknown", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    useQueueUrlAsEndpoint: false,
  });
  try {
    const statuses = await listIntegrations({ ...ctx, messaging: { ...ctx.messaging, sqs } });
    expect(statuses.map(({ queue }) => queue)).toEqual(requiredNames.map(() => null));
  } finally {
    sqs.destroy();
    silent.close();
  }
});
