import { credentials, type ErrorTable, rateLimited, rejected, transportErrors } from "../framework/errors.ts";

const intro = "https://loops.so/docs/api-reference/intro";
const update = "https://loops.so/docs/api-reference/update-contact";

export const loopsErrors = {
  ...transportErrors,
  email_missing: rejected(
    "The event's data has no e-mail address: have its producer send one, or leave it out by the rule.",
    update,
  ),
  http_400: rejected("Loops does not accept this contact: look at its answer and at the event's data.", update),
  http_401: credentials("The API key is not accepted: set LOOPS_API_KEY to one of Settings → API, then resume.", intro),
  http_403: credentials("The API key may not do this: look at it in Settings → API, then resume.", intro),
  http_405: credentials("There is no such API at LOOPS_API_URL: correct it, then resume.", intro),
  http_409: rejected("The address belongs to another contact: look at both in Loops' audience.", update),
  http_429: rateLimited("The team makes more than the ten calls a second that Loops takes.", intro, 2),
} as const satisfies ErrorTable;
