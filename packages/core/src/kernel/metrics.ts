import { MetricUnit, Metrics as Powertools } from "@aws-lambda-powertools/metrics";

/** Milliseconds and seconds may come many times over; CloudWatch makes percentiles of them. */
export type Figure = { name: string; unit: "Count" | "Milliseconds" | "Seconds"; value: number };

export type Metrics = { publish(figures: readonly Figure[]): void };

export const noMetrics: Metrics = { publish() {} };

/**
 * Writes lines of CloudWatch's embedded metric format to standard output: Lambda's logs become metrics without a call.
 * Source: CloudWatch user guide, "Embedding metrics within logs".
 */
export function createMetrics(dimensions: Readonly<Record<string, string>>): Metrics {
  const metrics = new Powertools({ namespace: "Eventfork", serviceName: "eventfork", defaultDimensions: dimensions });
  return {
    publish(figures) {
      for (const { name, unit, value } of figures) metrics.addMetric(name, MetricUnit[unit], value);
      if (figures.length > 0) metrics.publishStoredMetrics();
    },
  };
}
