import { trace } from "@opentelemetry/api";
import { pino } from "pino";
import { messageOf } from "./errors.ts";

export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

export function createLogger(options: { name: string; level: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    base: { service: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    messageKey: "message",
    mixin() {
      const span = trace.getActiveSpan();
      return span === undefined ? {} : { traceId: span.spanContext().traceId };
    },
  });
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

let isWatching = false;

/** `isLambda` removes the runtime's own listener, which would end the process during a batch. */
export function logUnhandledRejections(log: Logger, { isLambda }: { isLambda: boolean }): void {
  if (isWatching) return;
  isWatching = true;
  if (isLambda) process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => {
    log.error({ error: messageOf(reason) }, "unhandled promise rejection");
  });
}
