import { credentials, type ErrorTable, guardErrors, rejected, retry, transportErrors } from "../framework/errors.ts";

const standard = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md";

export const webhookErrors = {
  ...transportErrors,
  ...guardErrors,
  http_400: rejected("The receiver does not accept this event: look at its answer and at the event's data.", standard),
  http_401: credentials(
    "The receiver does not accept the signature: set WEBHOOK_SECRET to what it expects, then resume.",
    standard,
  ),
  http_403: credentials(
    "The receiver does not accept the signature: set WEBHOOK_SECRET to what it expects, then resume.",
    standard,
  ),
  http_410: credentials("The receiver wants no more events: switch the integration off, or resume.", standard),
  http_413: rejected("The receiver finds this event too large: have its producer send less data.", standard),
  http_422: rejected("The receiver does not accept this event: look at its answer and at the event's data.", standard),
  http_5xx: retry("The receiver has a fault of its own.", standard),
} as const satisfies ErrorTable;
