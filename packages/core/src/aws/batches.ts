/** SQS and SNS take ten entries a call. Source: the batch actions' reference pages. */
export const awsBatchSize = 10;

/** `items` in runs of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
