import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import * as Outbox from "@eventfork/core/outbox";
import { silentLogger } from "@eventfork/core/platform";
import { queueOf } from "@eventfork/core/platform/aws";
import { createAuth } from "@eventfork/core/users";
import { handler } from "@eventfork/functions/slack";
import { sandboxEnv, startSandbox } from "@eventfork/local/sandbox";
import { createTestCtx } from "@eventfork/testing";
import { toRecord } from "@eventfork/worker/mappings";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { setRuntime } from "./context.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const baseURL = "http://localhost:3000";

vi.mock("next/server", async (load) => ({ ...(await load<object>()), after: () => undefined }));

test("a sign-up and its delivery to Slack run the code of at most 60 files", { timeout: 60_000 }, async () => {
  const sandbox = await startSandbox({ port: 0 });
  const ctx = await createTestCtx();
  onTestFinished(() => sandbox.stop());
  onTestFinished(() => void vi.unstubAllEnvs());
  const [{ name } = { name: "" }] = await ctx.db.$queryRaw<{ name: string }[]>`SELECT current_database() AS name`;
  const settings = {
    ...sandboxEnv(sandbox.url),
    DATABASE_URL: inject("postgres").replace(/\/postgres$/, `/${name}`),
    EVENTFORK_QUEUES: JSON.stringify(ctx.messaging.queues),
  };
  for (const [variable, value] of Object.entries(settings)) vi.stubEnv(variable, value);
  const auth = createAuth({
    ...{ db: ctx.db, baseURL, log: silentLogger, secret: "a secret that only this suite's sessions are signed with" },
    ...{ clientIp: { header: "x-client-ip", trustedProxies: [] }, sendMail: () => undefined },
    isVerificationRequired: false,
  });
  const mail = { hasMail: true, isVerificationRequired: false, isInMaintenance: false };
  setRuntime({ ...ctx, log: silentLogger, ...mail, auth, baseURL, publishOutbox: async () => undefined });

  const { POST } = await import(`${root}apps/web/src/app/api/auth/[...all]/route.ts`);
  await pass(1);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await pass(2);
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const files = result
    .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .map(({ url }) => relative(root, url.startsWith("file:") ? fileURLToPath(url) : url))
    .filter((file) => /^(apps\/web|packages\/(core|functions|filter-policy))\/src\//.test(file))
    .filter((file) => !/generated|\.test\.ts$/.test(file))
    // Vitest turns a re-export into a function.
    .filter((file) => /=>|function/.test(readFileSync(join(root, file), "utf8")));
  expect(files.length).toBeGreaterThan(20);
  expect(files.length, files.join("\n")).toBeLessThanOrEqual(60);

  async function pass(number: number): Promise<void> {
    const body = JSON.stringify({
      ...{ name: "Ada Lovelace", email: `ada${number}@lovelace.dev`, password: "correct horse battery" },
      marketingConsent: true,
    });
    const headers = { origin: baseURL, "content-type": "application/json", "x-client-ip": "10.0.0.1" };
    const response = await POST(new Request(`${baseURL}/api/auth/sign-up/email`, { method: "POST", headers, body }));
    expect(response.status).toBe(200);
    await Outbox.publishPending(ctx);
    const { url } = queueOf(ctx.messaging, "slack");
    const receive = new ReceiveMessageCommand({
      QueueUrl: url,
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ["All"],
    });
    const { Messages = [] } = await ctx.messaging.sqs.send(receive);
    expect(Messages).toHaveLength(1);
    const Records = Messages.map((message) => toRecord(message, ""));
    expect(await handler({ Records }, { getRemainingTimeInMillis: () => 30_000 })).toEqual({ batchItemFailures: [] });
    expect(await ctx.db.delivery.count({ where: { integration: "slack", status: "delivered" } })).toBe(number);
  }
});
