// A process that advances replays, or archives dead letters, and is killed where it is told to.
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { toRecord } from "@eventfork/worker/mappings";
import { createAwsClients } from "../aws/index.ts";
import { createDb } from "../db/index.ts";
import { archive } from "../dead-letters/index.ts";
import { silentLogger } from "../kernel/index.ts";
import { advanceReplays } from "../replays/index.ts";
import type { CrashPlan } from "./crash-plan.ts";
import { admin } from "./index.ts";

const orders: CrashPlan = JSON.parse(process.argv[2] ?? "{}");
const die = () => process.kill(process.pid, "SIGKILL");

let looks = 0;
const clients = createAwsClients();
clients.sqs.middlewareStack.add(
  (next, context) => async (args) => {
    const isSending = context.commandName === "SendMessageBatchCommand";
    if (isSending && orders.crashAt === "before sending") die();
    const answer = await next(args);
    if (isSending && orders.crashAt === "after sending") die();
    return answer;
  },
  { step: "initialize", name: "victim" },
);
const ctx = {
  db: createDb({ connections: 2, url: orders.databaseUrl }),
  messaging: { sqs: clients.sqs, queues: orders.queues },
  actor: admin,
  log: silentLogger,
  now: () => {
    looks += 1;
    if (looks === orders.crashAt) die();
    return new Date(Date.now() + orders.clockAheadMs);
  },
};

// Who is to die at a send has the time that a busy machine needs to come to it.
const untilMs = typeof orders.crashAt === "string" ? 30_000 : 3_000;

if (orders.task === "advance") await advanceReplays(ctx, { untilMs });
else {
  const QueueUrl = orders.queues.slack.deadLetterUrl;
  const receive = { MaxNumberOfMessages: 10, VisibilityTimeout: 1, MessageAttributeNames: ["All"] };
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, ...receive, MessageSystemAttributeNames: ["All"] }),
  );
  const records = Messages.map((message) => toRecord(message, QueueUrl));
  await archive({ ...ctx, integration: "slack" }, records);
  die();
}
await ctx.db.$disconnect();
