export { replaceAddresses } from "./addresses.ts";
export { readBody, readBodyOf } from "./body.ts";
export { cached } from "./cache.ts";
export { type Actor, type Ctx, nameOfActor, type RequestOrigin, type Role } from "./ctx.ts";
export {
  CredentialsError,
  type ErrorCode,
  EventforkError,
  messageOf,
  type Problem,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from "./errors.ts";
export { type IdKind, newId } from "./ids.ts";
export {
  decodeCursor,
  encodeCursor,
  inputText,
  inputTextOr,
  inputTime,
  invalidInput,
  pageInput,
  parseInput,
} from "./input.ts";
export { isolate, type PassedOver } from "./isolate.ts";
export { createLogger, type Logger, logUnhandledRejections, silentLogger } from "./log.ts";
export { maintenance, maintenanceResponse } from "./maintenance.ts";
export { createMetrics, type Figure, type Metrics, noMetrics } from "./metrics.ts";
export { clip, toWellFormedJson, withoutHidden } from "./text.ts";
export { sharedTraceparent, traceIdOf } from "./trace.ts";
