import { createMessaging } from "@eventfork/core/platform/fan-out";
import { createEvents, publishEvents, withPlainClients } from "@eventfork/local/workload";
import { answerQuestions } from "./answer.ts";

export type PublisherQuestions = { warmUp: null; publish: null };

const parallel = 4;

const [calls, ...counts] = process.argv.slice(2);
const [warmUpEvents = 0, events = 0] = counts.map(Number);
const messaging = calls === "sdk" ? withPlainClients(createMessaging()) : createMessaging();

async function publish(count: number): Promise<null> {
  await publishEvents(messaging, createEvents(count), { parallel });
  return null;
}

answerQuestions({ warmUp: () => publish(warmUpEvents), publish: () => publish(events) });
