// Browser-safe: imports nothing that needs a server.
export type ErrorCode =
  | "INVALID"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "LIMITED"
  | "UNAVAILABLE"
  | "MISCONFIGURED";

/** The message is safe to show. `problems` are for `INVALID`. */
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
  readonly response: string | undefined;

  constructor(message: string, options: DeliveryErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.response = options.response;
  }
}

export class RetryableError extends DeliveryError {
  override readonly name = "RetryableError";
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: DeliveryErrorOptions & { retryAfterSeconds?: number | undefined }) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Slows the whole integration down. Counts neither as an attempt nor as an outage. */
export class RateLimitedError extends DeliveryError {
  override readonly name = "RateLimitedError";
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: DeliveryErrorOptions & { retryAfterSeconds?: number | undefined }) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Dead-letters the event immediately. */
export class RejectedError extends DeliveryError {
  override readonly name = "RejectedError";
}

/** Pauses the integration until somebody acts. */
export class CredentialsError extends DeliveryError {
  override readonly name = "CredentialsError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
