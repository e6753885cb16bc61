export { errorTables } from "./error-tables.ts";
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
export { registry } from "./registry.ts";
export { removalKinds, removals } from "./removals.ts";
