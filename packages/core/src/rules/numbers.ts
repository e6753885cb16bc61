import { LIMITS } from "./limits.ts";

const scale = 1_000_000;

/**
 * A number as SNS compares it: cut to a fixed number of decimals within -1e9..1e9, NaN outside (NaN equals nothing and is in no range).
 * AWS promises five decimals; its engine keeps six (AWS Event Ruler's ComparableNumber; moto's note on SNS).
 */
export function toComparable(value: number): number {
  return Math.abs(value) > LIMITS.number ? Number.NaN : Math.floor(scale * (LIMITS.number + value));
}

/** Whether a policy may name this number. */
export function isInRange(value: number): boolean {
  return Math.abs(value) <= LIMITS.number;
}

export function sayRange(value: number): string {
  return `${value} is outside -1000000000..1000000000, the numbers SNS compares.`;
}
