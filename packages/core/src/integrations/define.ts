import type { z } from "zod";
import type { Env } from "../env/index.ts";
import type { Envelope } from "../events/index.ts";
import { CredentialsError, messageOf, RateLimitedError, RejectedError, RetryableError } from "../kernel/errors.ts";
import type { IntegrationName } from "../topology/index.ts";

export type DeliveryError = RetryableError | RateLimitedError | RejectedError | CredentialsError;

/** An event was accepted, with the response in short, or not, with an error whose class decides what follows. */
export type Outcome = { ok: true; response: string } | { ok: false; error: DeliveryError };

export type DeliverOptions = {
  signal: AbortSignal;
  now: () => Date;
  /** Ids of events that an earlier attempt possibly delivered, each with the time of its first attempt. */
  possiblyDelivered: ReadonlyMap<string, Date>;
  /** The trace that all events of the batch share, for third parties that continue one. */
  traceparent: string | null;
};

export type Connection = {
  /**
   * Sends events in as few calls as the API allows. Returns one outcome for each event, in their order. A thrown
   * `DeliveryError` counts for every event of the batch; after any other the batch is taken apart.
   */
  deliver(events: readonly Envelope[], options: DeliverOptions): Promise<readonly Outcome[]>;
  /** @throws DeliveryError when the response is not as it should be: its message says what to do. */
  check(options: Pick<DeliverOptions, "signal" | "now">): Promise<ConnectionCheck>;
};

/** `problem` is wrong although the third party responded well. */
export type ConnectionCheck = { facts: { title: string; text: string }[]; problem: DeliveryError | null };

export type Integration = {
  name: IntegrationName;
  /** Every variable that it reads, so that screens can show which are set. */
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

/** What we threw ourselves: it concerns this event alone, and says nothing of the provider. */
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
