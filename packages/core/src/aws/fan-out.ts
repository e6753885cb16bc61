import { type FanOutWords, wordsByFanOut } from "../topology/index.ts";
import type { Messaging } from "./index.ts";

/** Whether a bus is in the topic's place: the address of where events go says so itself. */
export function isBus({ topicArn }: Pick<Messaging, "topicArn">): boolean {
  return topicArn.split(":")[2] === "events";
}

/** What whoever looks into a trouble has to look at. */
export function wordsOf(messaging: Pick<Messaging, "topicArn">): FanOutWords {
  return wordsByFanOut[isBus(messaging) ? "eventbridge" : "sns"];
}
