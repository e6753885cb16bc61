import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as Outbox from "@eventfork/core/outbox";
import { brokerEnv } from "@eventfork/local/broker";
import { databaseUrl } from "@eventfork/local/postgres";
import { type Sandbox, sandboxEnv, startSandbox } from "@eventfork/local/sandbox";
import { waitFor } from "@eventfork/local/supervisor";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
let ctx: TestCtx;
let sandbox: Sandbox;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [ctx, sandbox] = await Promise.all([createTestCtx(), startSandbox({ port: 0 })]);
  const [row] = await ctx.db.$queryRaw<{ name: string }[]>`SELECT current_database() AS name`;
  env = {
    PATH: process.env.PATH,
    NODE_NO_WARNINGS: "1",
    ...brokerEnv(inject("brokerUrl")),
    ...sandboxEnv(sandbox.url),
    DATABASE_URL: databaseUrl(inject("postgres"), row?.name ?? ""),
    EVENTFORK_TOPIC_ARN: ctx.messaging.topicArn,
    EVENTFORK_QUEUES: JSON.stringify(ctx.messaging.queues),
  };
});

afterAll(async () => {
  await sandbox?.stop();
  await ctx?.db.$disconnect();
});

function start(args: readonly string[], settings: NodeJS.ProcessEnv): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [main, ...args], { env: settings, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  return { child, output: () => output };
}

test("a plain process delivers its queues' messages without Lambda, and stops on a signal", async () => {
  const { id } = await Outbox.publishDirect(ctx, {
    type: "user.signed_up",
    data: { userId: "usr_worker", email: "worker@lovelace.dev", name: "Ada", marketingConsent: false },
  });
  const { child, output } = start([], env);
  await waitFor(`three deliveries; the worker said:\n${output()}`, 15_000, async () => {
    const delivered = await ctx.db.delivery.count({ where: { eventId: id, status: "delivered" } });
    return delivered === 3;
  });
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code, output()).toBe(0);
});

test("a worker of jobs alone publishes the outbox and receives nothing from a queue", async () => {
  const data = { userId: "usr_jobs", email: "jobs@lovelace.dev", name: "Ada", marketingConsent: false };
  const { id } = await Outbox.record(ctx.db, { type: "user.signed_up", data });
  const { child, output } = start(["jobs"], { ...env, SLACK_BOT_TOKEN: "" });
  await waitFor(`the event; the worker said:\n${output()}`, 15_000, async () => {
    const event = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    return event.publishedAt !== null;
  });
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  expect(code, output()).toBe(0);
  expect(await ctx.db.delivery.count({ where: { eventId: id } })).toBe(0);
});

test("a worker without a key names it and starts nothing", async () => {
  const { child, output } = start(["slack"], { ...env, SLACK_BOT_TOKEN: "" });
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  expect(output()).toContain("SLACK_BOT_TOKEN is not set");
});

test("a worker for an unknown integration is refused", async () => {
  const { child, output } = start(["fax"], env);
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  expect(output()).toContain('"fax" is none of jobs, analytics, mailchimp, slack');
});
