import type { Ctx, Metrics } from "../kernel/index.ts";
import { measureOutbox } from "./measure.ts";
import { type PublishResult, publishPending } from "./publish.ts";

export type RelayResult = PublishResult & { depth: number; oldestSeconds: number };

/** A schedule's job: publishes events that a crash or an outage of SNS has left, and the metrics of the rest. */
export async function relay(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "log"> & { metrics: Metrics },
): Promise<RelayResult> {
  const result = await publishPending(ctx);
  const outbox = await measureOutbox(ctx);
  ctx.metrics.publish([
    { name: "OutboxDepth", unit: "Count", value: outbox.depth },
    { name: "OutboxAge", unit: "Seconds", value: outbox.oldestSeconds },
  ]);
  return { ...result, ...outbox };
}
