import { createConsumer } from "@eventfork/core/deliveries";
import { webhook } from "@eventfork/core/integrations/webhook";

export const handler = createConsumer(webhook);
