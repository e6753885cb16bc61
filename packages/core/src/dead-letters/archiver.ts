import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { deadLetterQueuesEnv, processEnv, readEnv } from "../platform/env/index.ts";
import type { PassedOver } from "../platform/index.ts";
import { createSystemCtx, recordRun } from "../platform/schedules/index.ts";
import { startTracing } from "../platform/tracing/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { archive } from "./archive.ts";

export function createArchiver(): (event: SQSEvent) => Promise<SQSBatchResponse> {
  let ctx: ReturnType<typeof connect> | undefined;
  return async ({ Records }) => {
    await startTracing("archive");
    ctx ??= connect();
    const [first] = Records;
    if (first === undefined) return { batchItemFailures: [] };
    const integration = ownerOf(ctx, first.eventSourceARN);
    const startedAt = ctx.now();
    const passedOver: PassedOver[] = [];
    const response = await archive({ ...ctx, integration, passedOver }, Records);
    if (passedOver.length > 0) await recordRun(ctx, { name: "archive", startedAt, passedOver });
    ctx.metrics.publish([{ name: "DeadLetters", unit: "Count", value: Records.length }]);
    return response;
  };
}

function connect() {
  return { ...createSystemCtx("archive"), queues: readEnv(deadLetterQueuesEnv, processEnv()).EVENTFORK_QUEUES };
}

function ownerOf({ queues }: ReturnType<typeof connect>, queueArn: string): IntegrationName {
  const queueName = queueArn.split(":").at(-1);
  const owner = integrationNames.find((name) => queues[name]?.deadLetterUrl.split("/").at(-1) === queueName);
  if (owner === undefined) throw new Error(`${queueArn} is no integration's dead letter queue`);
  return owner;
}
