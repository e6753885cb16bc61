import { createConsumer } from "@eventfork/core/deliveries";
import { loops } from "@eventfork/core/integrations/loops";

export const handler = createConsumer(loops);
