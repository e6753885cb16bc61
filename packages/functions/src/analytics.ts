import { createConsumer } from "@eventfork/core/deliveries";
import { analytics } from "@eventfork/core/integrations/analytics";

export const handler = createConsumer(analytics);
