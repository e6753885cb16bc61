import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Ctx } from "@eventfork/core/platform";
import { queueOf } from "@eventfork/core/platform/aws";
import type { IntegrationName } from "@eventfork/core/topology";
import { toRecord } from "@eventfork/worker/mappings";
import type { SQSRecord } from "aws-lambda";

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
