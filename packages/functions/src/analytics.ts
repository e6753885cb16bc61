import { createConsumer } from "@eventfork/core/deliveries";
import { analytics } from "@eventfork/core/providers/segment";

export const handler = createConsumer(analytics);
