import type { IntegrationName } from "../topology/index.ts";
import { analyticsErrors } from "./analytics-errors.ts";
import type { ErrorTable } from "./errors.ts";
import { mailchimpErrors } from "./mailchimp-errors.ts";
import { slackErrors } from "./slack-errors.ts";

/** What each integration's third party can say. Apart from the registry: reading it loads no SDK. */
export const errorTables: Readonly<Record<IntegrationName, ErrorTable>> = {
  analytics: analyticsErrors,
  mailchimp: mailchimpErrors,
  slack: slackErrors,
};
