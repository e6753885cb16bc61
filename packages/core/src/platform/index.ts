export { maintenance, maintenanceResponse, readBody, readBodyOf } from "./body.ts";
export { cached } from "./cache.ts";
export {
  type Actor,
  type Ctx,
  nameOfActor,
  type PassedOver,
  type RequestOrigin,
  type Role,
  requireAdmin,
} from "./ctx.ts";
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
export { firstIdAt, type IdKind, idPrefixes, newId } from "./ids.ts";
export {
  decodeCursor,
  encodeCursor,
  inputText,
  inputTextOr,
  inputTime,
  integrationInput,
  integrationName,
  invalidInput,
  pageInput,
  parseInput,
} from "./input.ts";
export { isolate, isolateRow, isolateRows, passOver } from "./isolate.ts";
export { createLogger, type Logger, logUnhandledRejections, silentLogger } from "./log.ts";
export { createMetrics, type Figure, type Metrics, noMetrics } from "./metrics.ts";
export { maskAddresses, maskPersonalData, maskText } from "./text/mask.ts";
export { isNestedTooDeep, maximumLevels } from "./text/sound-json.ts";
export { clip, replaceAddresses, toWellFormedJson, withoutHidden } from "./text/text.ts";
export { sharedTraceparent, traceIdOf } from "./tracing/index.ts";
