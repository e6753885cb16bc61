import { MetricUnit, Metrics as Powertools } from "@aws-lambda-powertools/metrics";

export type Figure = { name: string; unit: "Count" | "Milliseconds" | "Seconds"; value: number; integration?: string };

export type Metrics = { publish(figures: readonly Figure[]): void };

export const noMetrics: Metrics = { publish() {} };

/** Source: CloudWatch user guide, "Embedding metrics within logs". */
export function createMetrics(dimensions: Readonly<Record<string, string>>): Metrics {
  const metrics = new Powertools({ namespace: "Eventfork", serviceName: "eventfork", defaultDimensions: dimensions });
  return {
    publish(figures) {
      const common = figures.filter(({ integration }) => integration === undefined);
      for (const { name, unit, value } of common) metrics.addMetric(name, MetricUnit[unit], value);
      if (common.length > 0) metrics.publishStoredMetrics();
      for (const { name, unit, value, integration } of figures) {
        if (integration === undefined) continue;
        const single = metrics.singleMetric();
        single.addDimension("integration", integration);
        single.addMetric(name, MetricUnit[unit], value);
      }
    },
  };
}
