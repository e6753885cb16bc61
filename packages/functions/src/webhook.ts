import { createConsumer } from "@eventfork/core/deliveries";
import { webhook } from "@eventfork/core/providers/webhook";

export const handler = createConsumer(webhook);
