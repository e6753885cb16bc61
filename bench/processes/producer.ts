import { publishPending } from "@eventfork/core/outbox";
import { silentLogger } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { sendAtRate } from "../load.ts";
import { answerQuestions } from "./answer.ts";

export type ProducerQuestions = { send: Awaited<ReturnType<typeof sendAtRate>> };

const [rate = 1, count = 1] = process.argv.slice(2).map(Number);
const ctx = {
  ...{ db: createDb({ connections: 10 }), messaging: createMessaging(), log: silentLogger },
  now: () => new Date(),
};
await Promise.all([ctx.db.event.count({ where: { id: "" } }), publishPending(ctx)]);

answerQuestions({ send: () => sendAtRate(ctx, { rate, count, from: 0 }) });
