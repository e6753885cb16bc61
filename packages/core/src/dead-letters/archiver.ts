import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Ctx } from "../kernel/index.ts";
import { createSystemCtx, type JobCtx } from "../schedules/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { startTracing } from "../traces/index.ts";
import { archive } from "./archive.ts";

/** The Lambda handler that keeps what lands in the dead letter queues. One invocation has messages of one queue. */
export function createArchiver(): (event: SQSEvent) => Promise<SQSBatchResponse> {
  let ctx: JobCtx | undefined;
  return async ({ Records }) => {
    await startTracing("archive");
    ctx ??= createSystemCtx("archive");
    const [first] = Records;
    if (first === undefined) return { batchItemFailures: [] };
    const integration = ownerOf(ctx, first.eventSourceARN);
    const response = await archive({ ...ctx, integration }, Records);
    ctx.metrics.publish([{ name: "DeadLetters", unit: "Count", value: Records.length }]);
    return response;
  };
}

function ownerOf(ctx: Pick<Ctx, "messaging">, queueArn: string): IntegrationName {
  const queueName = queueArn.split(":").at(-1);
  const owner = integrationNames.find(
    (name) => ctx.messaging.queues[name].deadLetterUrl.split("/").at(-1) === queueName,
  );
  if (owner === undefined) throw new Error(`${queueArn} is no integration's dead letter queue`);
  return owner;
}
