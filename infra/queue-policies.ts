/** Lets one topic, or one rule of a bus, send to a queue, and nobody speak to it without TLS. */
export function acceptFrom(
  sender: { service: string; arn: $util.Input<string> },
  queues: Readonly<Record<string, sst.aws.Queue>>,
): aws.sqs.QueuePolicy[] {
  // SST's own policy lets any topic, bucket or rule of any account send. This one names the sender.
  return Object.entries(queues).map(
    ([name, queue]) =>
      new aws.sqs.QueuePolicy(`${name}Policy`, {
        queueUrl: queue.url,
        policy: aws.iam.getPolicyDocumentOutput({
          statements: [
            {
              actions: ["sqs:SendMessage"],
              resources: [queue.arn],
              principals: [{ type: "Service", identifiers: [sender.service] }],
              conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [sender.arn] }],
            },
            refusePlainText("sqs:*", queue.arn),
          ],
        }).json,
      }),
  );
}

/** A refusal must name everybody and, for a queue, everything: what it leaves out would be allowed without TLS. */
export function refusePlainText(action: string, arn: $util.Output<string>) {
  return {
    effect: "Deny",
    actions: [action],
    resources: [arn],
    principals: [{ type: "*", identifiers: ["*"] }],
    conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
  };
}
