import { createConsumer } from "@eventfork/core/deliveries";
import { loops } from "@eventfork/core/providers/loops";

export const handler = createConsumer(loops);
