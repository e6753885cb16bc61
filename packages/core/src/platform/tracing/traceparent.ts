import { randomBytes } from "node:crypto";

/** W3C Trace Context, version 00. Source: https://www.w3.org/TR/trace-context/#traceparent-header */
const format = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

export function continueTrace(traceparent?: string | null): string {
  const traceId = traceIdOf(traceparent) ?? randomBytes(16).toString("hex");
  return `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
}

export function traceIdOf(traceparent?: string | null): string | null {
  return traceparent?.match(format)?.[1] ?? null;
}

export function parseTraceparent(
  traceparent?: string | null,
): { traceId: string; spanId: string; traceFlags: number } | null {
  const [, traceId, spanId, flags] = traceparent?.match(format) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

export function sharedTraceparent(traceparents: readonly (string | null | undefined)[]): string | null {
  const [first] = traceparents;
  const traceId = traceIdOf(first);
  const isShared = traceId !== null && traceparents.every((other) => traceIdOf(other) === traceId);
  return isShared && first ? first : null;
}
