import type { Envelope } from "@eventfork/core/events";
import type { DeliverOptions, DeliveryError, Outcome } from "@eventfork/core/providers";

export function exampleSignUp(
  number: number,
  data: Record<string, unknown> = {},
  rest: Partial<Envelope> = {},
): Envelope {
  return {
    specversion: "1.0",
    id: `evt_${number}`,
    type: "user.signed_up",
    source: "web",
    time: "2026-11-23T10:00:00.000Z",
    subject: `usr_${number}`,
    data: {
      userId: `usr_${number}`,
      email: `ada${number}@lovelace.dev`,
      name: "Ada Lovelace",
      marketingConsent: true,
      ...data,
    },
    ...rest,
  };
}

export function exampleSignUps(count: number): Envelope[] {
  return Array.from({ length: count }, (_, index) => exampleSignUp(index + 1));
}

export function deliverOptions(signal = new AbortController().signal): DeliverOptions {
  return { signal, now: () => new Date("2026-11-23T10:00:05.000Z"), possiblyDelivered: new Map(), traceparent: null };
}

export function errorOf(outcome: Outcome | undefined): DeliveryError {
  if (outcome === undefined || outcome.ok) throw new Error("The event was delivered, or has no outcome.");
  return outcome.error;
}

export function everythingIn(error: DeliveryError): string {
  return [error.message, error.code, error.response, String(error.cause), error.stack].join("\n");
}
