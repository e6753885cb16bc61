import type { IntegrationName } from "../topology/index.ts";
import { analyticsErrors } from "./analytics-errors.ts";
import { type ErrorTable, transportErrors } from "./errors.ts";
import { loopsErrors } from "./loops-errors.ts";
import { mailchimpErrors } from "./mailchimp-errors.ts";
import { slackErrors } from "./slack-errors.ts";
import { webhookErrors } from "./webhook-errors.ts";

/**
 * What an integration's third party can say, so that a dead letter comes with advice. Apart from the registry: reading it loads no SDK.
 * One that is not here has the advice in its errors alone.
 */
const errorTables: Readonly<Partial<Record<IntegrationName, ErrorTable>>> = {
  analytics: analyticsErrors,
  loops: loopsErrors,
  mailchimp: mailchimpErrors,
  slack: slackErrors,
  webhook: webhookErrors,
};

export function errorTableOf(name: IntegrationName): ErrorTable {
  return errorTables[name] ?? transportErrors;
}
