import type { IntegrationName } from "../topology/index.ts";
import type { ErrorTable } from "./framework/errors.ts";
import { loopsErrors } from "./loops/errors.ts";
import { mailchimpErrors } from "./mailchimp/errors.ts";
import { analyticsErrors } from "./segment/errors.ts";
import { slackErrors } from "./slack/errors.ts";
import { webhookErrors } from "./webhook/errors.ts";

export {
  type Connection,
  type DeliverOptions,
  type DeliveryError,
  defect,
  delivered,
  failed,
  type Integration,
  isDefect,
  isDeliveryError,
  type Outcome,
} from "./framework/define.ts";
export { type ErrorRow, rowFor, shortAnswer, statusKeys, toDeliveryError } from "./framework/errors.ts";
export { fetchWithLimits } from "./framework/http.ts";
export { mailchimpRow } from "./mailchimp/errors.ts";

/** Loads no SDK, unlike the registry. */
export const errorTables: Readonly<Record<IntegrationName, ErrorTable>> = {
  analytics: analyticsErrors,
  loops: loopsErrors,
  mailchimp: mailchimpErrors,
  slack: slackErrors,
  webhook: webhookErrors,
};
