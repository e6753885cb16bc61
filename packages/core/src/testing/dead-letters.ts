import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { toRecord } from "@eventfork/worker/mappings";
import type { SQSRecord } from "aws-lambda";
import { queueOf } from "../aws/index.ts";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";

export async function receiveDeadLetters(
  ctx: Pick<Ctx, "messaging">,
  integration: IntegrationName,
): Promise<SQSRecord[]> {
  const QueueUrl = queueOf(ctx.messaging, integration).deadLetterUrl;
  const records: SQSRecord[] = [];
  for (;;) {
    const { Messages = [] } = await ctx.messaging.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) return records;
    records.push(...Messages.map((message) => toRecord(message, QueueUrl)));
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await ctx.messaging.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
