import { type Env, metricsEnv, readEnv } from "../env/index.ts";
import { createMetrics, type Metrics, noMetrics } from "../kernel/index.ts";

export function chooseMetrics(env: Env, dimensions: Readonly<Record<string, string>>): Metrics {
  const { EVENTFORK_METRICS, AWS_LAMBDA_FUNCTION_NAME, EVENTFORK_STAGE } = readEnv(metricsEnv, env);
  const choice = EVENTFORK_METRICS ?? (AWS_LAMBDA_FUNCTION_NAME === undefined ? "off" : "emf");
  const stage: Record<string, string> = EVENTFORK_STAGE === undefined ? {} : { stage: EVENTFORK_STAGE };
  return choice === "emf" ? createMetrics({ ...stage, ...dimensions }) : noMetrics;
}
