import { randomBytes } from "node:crypto";
import type { SNSClient } from "@aws-sdk/client-sns";
import { type Actor, type Ctx, silentLogger } from "@eventfork/core/platform";
import { createAwsClients, type Messaging, type OwnMessaging, queueOf } from "@eventfork/core/platform/aws";
import { createDb, type Db } from "@eventfork/core/platform/db";
import { type IntegrationName, requiredNames } from "@eventfork/core/topology";
import { brokerEnv, provision } from "@eventfork/local/broker";
import { copyDatabase } from "@eventfork/local/postgres";
import { inject } from "vitest";

export { deadLetterRecord, eventBody } from "./dead-letter-records.ts";
export { countFigures, totalFigures } from "./figures.ts";

const templateDatabase = "eventfork_template";

export const admin: Actor = { kind: "person", id: "usr_test", email: "admin@eventfork.test", role: "admin" };

export function createTestDatabase(): Promise<string> {
  // The global setup drops it once this process has ended.
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  return copyDatabase(inject("postgres"), name, templateDatabase);
}

export async function createTestDb(): Promise<Db> {
  return createDb({ connections: 5, url: await createTestDatabase() });
}

export type TestMessaging = Messaging & { sns: SNSClient; topicArn: string };
export type TestCtx = Ctx & { messaging: TestMessaging };

export async function createTestMessaging(names: readonly IntegrationName[] = requiredNames): Promise<TestMessaging> {
  Object.assign(process.env, brokerEnv(inject("brokerUrl")));
  const clients = createAwsClients();
  return { ...clients, ...(await provision(clients, `test-${randomBytes(6).toString("hex")}`, { names })) };
}

export function narrowToOwn(messaging: Messaging, integration: IntegrationName): OwnMessaging {
  return { sqs: messaging.sqs, queue: queueOf(messaging, integration) };
}

export async function createTestCtx(): Promise<TestCtx> {
  const [db, messaging] = await Promise.all([createTestDb(), createTestMessaging()]);
  return { db, messaging, actor: admin, log: silentLogger, now: () => new Date() };
}
