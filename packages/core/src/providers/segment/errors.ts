import { credentials, type ErrorTable, rateLimited, rejected, transportErrors } from "../framework/errors.ts";

const httpApi = "https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api";
const rudderStack = "https://www.rudderstack.com/docs/api/http-api/";

/** 200 means "received", not "counted". */
export const analyticsErrors = {
  ...transportErrors,
  event_too_large: rejected(
    "The event is over the 32 KB that the service takes for one message: have its producer send less data.",
    httpApi,
  ),
  http_400: rejected("The service cannot read this event or finds it too large: look at its data.", httpApi),
  http_401: credentials(
    "The write key is not accepted: set ANALYTICS_WRITE_KEY to the source's key, then resume.",
    rudderStack,
  ),
  http_403: credentials(
    "The write key may not send here: check the source and ANALYTICS_HOST, then resume.",
    rudderStack,
  ),
  http_404: credentials(
    "There is no collector at ANALYTICS_HOST: correct it (regions have their own), then resume.",
    rudderStack,
  ),
  http_413: rejected("The service finds this event too large: have its producer send less data.", rudderStack),
  http_429: rateLimited("The workspace sends more than the service takes (about 1,000 calls/s).", httpApi),
} as const satisfies ErrorTable;
