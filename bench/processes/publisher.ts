// Publishes as many events as its arguments say, past the outbox.
import { createMessaging } from "@eventfork/core/aws";
import { createEvents, publishEvents } from "@eventfork/local/workload";
import { answerQuestions } from "./answer.ts";

export type PublisherQuestions = { warmUp: null; publish: null };

/** As many calls at a time as the relay makes. */
const parallel = 4;

const [warmUpEvents = 0, events = 0] = process.argv.slice(2).map(Number);
const messaging = createMessaging();

async function publish(count: number): Promise<null> {
  await publishEvents(messaging, createEvents(count), { parallel });
  return null;
}

answerQuestions({ warmUp: () => publish(warmUpEvents), publish: () => publish(events) });
