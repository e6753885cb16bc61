/** What can go wrong when a person or a program asks for something. The web maps each code to one of tRPC's, the CLI to an exit code. */
export type ErrorCode =
  | "INVALID"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "LIMITED"
  | "UNAVAILABLE"
  | "MISCONFIGURED";

/** The one error that verbs throw on purpose. Its message is safe to show: it says what happened, to what, and what to do next. */
export class EventforkError extends Error {
  override readonly name = "EventforkError";
  readonly code: ErrorCode;
  /** For `INVALID`: what is wrong, each with its place. */
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: { problems?: readonly Problem[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** One thing that is wrong with an input: where, and in words. */
export type Problem = { path: string; message: string };

type DeliveryErrorOptions = { code: string; response?: string; cause?: unknown };

/** A third party did not accept an event. The subclass says what follows; `code` is the third party's own word for it. */
abstract class DeliveryError extends Error {
  readonly code: string;
  /** The third party's answer in short, without secrets. */
  readonly response: string | undefined;

  constructor(message: string, options: DeliveryErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.response = options.response;
  }
}

/** It may work later: the message waits and is tried again, no sooner than `retryAfterSeconds` when the third party named a time. */
export class RetryableError extends DeliveryError {
  override readonly name = "RetryableError";
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

/** The integration itself is broken (key, permission, channel): it is paused until someone acts, and its messages wait. */
export class CredentialsError extends DeliveryError {
  override readonly name = "CredentialsError";
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
