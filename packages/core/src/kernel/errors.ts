export type ErrorCode =
  | "INVALID"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "LIMITED"
  | "UNAVAILABLE"
  | "MISCONFIGURED";

/** Its message is safe to show: what happened, to what, what to do next. `problems` are for `INVALID`. */
export class EventforkError extends Error {
  override readonly name = "EventforkError";
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: { problems?: readonly Problem[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

export type Problem = { path: string; message: string };

type DeliveryErrorOptions = { code: string; response?: string; cause?: unknown };

abstract class DeliveryError extends Error {
  readonly code: string;
  /** In short, without secrets. */
  readonly response: string | undefined;

  constructor(message: string, options: DeliveryErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.response = options.response;
  }
}

/** The message is attempted again, no sooner than `retryAfterSeconds` when the third party named a time. */
export class RetryableError extends DeliveryError {
  override readonly name = "RetryableError";
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: DeliveryErrorOptions & { retryAfterSeconds?: number | undefined }) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * The third party takes fewer calls for a while: the whole integration slows down. Neither an attempt nor an outage, as
 * the third party is there and has not acted.
 */
export class RateLimitedError extends DeliveryError {
  override readonly name = "RateLimitedError";
  /** The least time until the next call, where the third party named one. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: DeliveryErrorOptions & { retryAfterSeconds?: number | undefined }) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** This event will never be accepted: it goes to the dead letter queue at once. */
export class RejectedError extends DeliveryError {
  override readonly name = "RejectedError";
}

/** The integration itself is broken (key, permission, channel): it is paused until somebody acts. */
export class CredentialsError extends DeliveryError {
  override readonly name = "CredentialsError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
