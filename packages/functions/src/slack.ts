import { createConsumer } from "@eventfork/core/deliveries";
import { slack } from "@eventfork/core/integrations/slack";

export const handler = createConsumer(slack);
