import { createConsumer } from "@eventfork/core/deliveries";
import { slack } from "@eventfork/core/providers/slack";

export const handler = createConsumer(slack);
