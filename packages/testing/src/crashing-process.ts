import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { archive } from "@eventfork/core/dead-letters";
import { silentLogger } from "@eventfork/core/platform";
import { createAwsClients } from "@eventfork/core/platform/aws";
import { createDb } from "@eventfork/core/platform/db";
import type { Queues } from "@eventfork/core/platform/env";
import { advanceReplays } from "@eventfork/core/replays";
import { toRecord } from "@eventfork/worker/mappings";
import { admin } from "./index.ts";

export type CrashPlan = {
  task: "advance" | "archive";
  databaseUrl: string;
  queues: Queues;
  /** The nth reading of the clock (one per step), or around a call to SQS. */
  crashAt: number | "before sending" | "after sending";
  clockAheadMs: number;
};

const plan: CrashPlan = JSON.parse(process.argv[2] ?? "{}");
const crash = () => process.kill(process.pid, "SIGKILL");

let clockReads = 0;
const clients = createAwsClients();
clients.sqs.middlewareStack.add(
  (next, context) => async (args) => {
    const isSending = context.commandName === "SendMessageBatchCommand";
    if (isSending && plan.crashAt === "before sending") crash();
    const answer = await next(args);
    if (isSending && plan.crashAt === "after sending") crash();
    return answer;
  },
  { step: "initialize", name: "victim" },
);
const ctx = {
  db: createDb({ connections: 2, url: plan.databaseUrl }),
  messaging: { sqs: clients.sqs, queues: plan.queues },
  actor: admin,
  log: silentLogger,
  now: () => {
    clockReads += 1;
    if (clockReads === plan.crashAt) crash();
    return new Date(Date.now() + plan.clockAheadMs);
  },
};

const untilMs = typeof plan.crashAt === "string" ? 30_000 : 3_000;

if (plan.task === "advance") await advanceReplays(ctx, { untilMs });
else {
  const QueueUrl = plan.queues.slack.deadLetterUrl;
  const receive = { MaxNumberOfMessages: 10, VisibilityTimeout: 1, MessageAttributeNames: ["All"] };
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, ...receive, MessageSystemAttributeNames: ["All"] }),
  );
  const records = Messages.map((message) => toRecord(message, QueueUrl));
  await archive({ ...ctx, integration: "slack" }, records);
  crash();
}
await ctx.db.$disconnect();
