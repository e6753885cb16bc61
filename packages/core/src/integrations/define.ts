import type { z } from "zod";
import type { Env } from "../env/index.ts";
import type { Envelope } from "../events/index.ts";
import { CredentialsError, RejectedError, RetryableError } from "../kernel/errors.ts";
import type { IntegrationName } from "../topology/index.ts";

export type DeliveryError = RetryableError | RejectedError | CredentialsError;

/** What became of one event: accepted, with the third party's answer in short, or not, with the error that says what follows. */
export type Outcome = { ok: true; response: string } | { ok: false; error: DeliveryError };

export type DeliverOptions = {
  /** Aborted when the consumer's time is up: outbound calls must take it. */
  signal: AbortSignal;
  now: () => Date;
  /**
   * Ids of the events that an earlier try, whose answer was never recorded, may have brought to the third party already, each
   * with the time of its first try.
   */
  uncertain: ReadonlyMap<string, Date>;
  /** The trace that all events of the batch share, if they do, for third parties that can go on with one. */
  traceparent: string | null;
};

/** An integration's connection to its third party, made once for each process. */
export type Connection = {
  /**
   * Hands events to the third party in as few calls as its API allows.
   * Answers one outcome for each event, in the same order. A thrown error counts for every event of the batch.
   */
  deliver(events: readonly Envelope[], options: DeliverOptions): Promise<readonly Outcome[]>;
  /**
   * Makes real calls that change nothing at the third party, and says what they found.
   * @throws DeliveryError when the third party does not answer as it should: its message says what to do.
   */
  check(options: Pick<DeliverOptions, "signal" | "now">): Promise<Finding>;
};

/** What a harmless call found: facts, each under its title, and what is wrong although it answered. */
export type Finding = { facts: { title: string; text: string }[]; problem: DeliveryError | null };

/** An integration is a value: its name, and how to connect with the settings of the environment. */
export type Integration = {
  name: IntegrationName;
  /** The variables that it reads, each with its schema, so that screens can say which are set. */
  env: Readonly<Record<string, z.ZodType>>;
  /** The one of them that names the third party's address. */
  addressVariable: string;
  /** @throws EventforkError `MISCONFIGURED` when a setting is missing or wrong. */
  connect(env: Env): Connection;
};

export function isDeliveryError(error: unknown): error is DeliveryError {
  return error instanceof RetryableError || error instanceof RejectedError || error instanceof CredentialsError;
}

/** An accepted event's outcome. */
export function delivered(response: string): Outcome {
  return { ok: true, response };
}

/** A refused event's outcome. */
export function failed(error: DeliveryError): Outcome {
  return { ok: false, error };
}
