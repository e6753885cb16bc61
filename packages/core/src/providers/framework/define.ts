import type { z } from "zod";
import type { Envelope } from "../../events/index.ts";
import type { Env } from "../../platform/env/index.ts";
import { CredentialsError, messageOf, RateLimitedError, RejectedError, RetryableError } from "../../platform/errors.ts";
import type { IntegrationName } from "../../topology/index.ts";

export type DeliveryError = RetryableError | RateLimitedError | RejectedError | CredentialsError;

export type Outcome = { ok: true; response: string } | { ok: false; error: DeliveryError };

export type DeliverOptions = {
  signal: AbortSignal;
  now: () => Date;
  /** By event id, the time of the first attempt. */
  possiblyDelivered: ReadonlyMap<string, Date>;
  traceparent: string | null;
};

export type Connection = {
  /**
   * One outcome per event, in order. A thrown `DeliveryError` counts for all; after another error, the batch is split.
   */
  deliver(events: readonly Envelope[], options: DeliverOptions): Promise<readonly Outcome[]>;
  /** @throws DeliveryError */
  check(options: Pick<DeliverOptions, "signal" | "now">): Promise<ConnectionCheck>;
};

/** `problem`: a fault despite a good response. */
export type ConnectionCheck = { facts: { title: string; text: string }[]; problem: DeliveryError | null };

export type Integration = {
  name: IntegrationName;
  env: Readonly<Record<string, z.ZodType>>;
  baseUrlVariable: string;
  /** @throws EventforkError `MISCONFIGURED` */
  connect(env: Env): Connection;
};

const deliveryErrors = [RetryableError, RateLimitedError, RejectedError, CredentialsError];

export function isDeliveryError(error: unknown): error is DeliveryError {
  return deliveryErrors.some((kind) => error instanceof kind);
}

const defectCodes = ["unexpected", "no_outcome", "render_failed"] as const;

/** Does not count against the provider. */
export function defect(thrown: unknown, code: (typeof defectCodes)[number] = "unexpected"): DeliveryError {
  const options = { code, cause: thrown };
  if (code !== "render_failed") return new RetryableError(messageOf(thrown), options);
  const message = `Eventfork could not make the provider's message of this event: ${messageOf(thrown)}`;
  return new RejectedError(message, options);
}

export function isDefect({ code }: DeliveryError): boolean {
  return defectCodes.some((ours) => ours === code);
}

export function delivered(response: string): Outcome {
  return { ok: true, response };
}

export function failed(error: DeliveryError): Outcome {
  return { ok: false, error };
}
