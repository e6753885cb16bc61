import { createConsumer } from "@eventfork/core/deliveries";
import { mailchimp } from "@eventfork/core/providers/mailchimp";

export const handler = createConsumer(mailchimp);
