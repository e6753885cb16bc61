import { createConsumer } from "@eventfork/core/deliveries";
import { mailchimp } from "@eventfork/core/integrations/mailchimp";

export const handler = createConsumer(mailchimp);
