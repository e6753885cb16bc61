import type { IntegrationDetail, IntegrationStatus } from "@eventfork/core/integrations";
import { sayNumber } from "@eventfork/core/kernel/numbers";
import { Part } from "@/components/admin/part.tsx";
import { pluralise } from "@/lib/say.ts";

export function Limits({
  detail: { limits },
  queue,
}: {
  detail: IntegrationDetail;
  queue: IntegrationStatus["queue"];
}) {
  const { batch, maximumConcurrency, timeoutSeconds, replayPerSecond, request, attempts } = limits;
  const facts = [
    [
      "A call",
      <code key="call" className="break-all font-mono text-xs">
        {request}
      </code>,
    ],
    ["Events in a batch", `${batch.size} at most, gathered for ${pluralise(batch.windowSeconds, "second")}`],
    ["Batches at once", `${maximumConcurrency} at most`],
    ["Time for a batch", pluralise(timeoutSeconds, "second")],
    ["Tries", `${attempts}, then it is a dead letter`],
    ["Pace of a replay", `${sayNumber(replayPerSecond)} a second`],
    [
      "In its queue now",
      queue === null
        ? "SQS does not answer"
        : `${sayNumber(queue.waiting)} waiting, ${sayNumber(queue.inFlight)} in flight`,
    ],
  ] as const;
  return (
    <Part title="Limits">
      <dl className="flex flex-col gap-2.5 text-sm">
        {facts.map(([title, value]) => (
          <div key={title} className="grid grid-cols-[9rem_1fr] gap-3">
            <dt className="text-muted-foreground">{title}</dt>
            <dd className="min-w-0">{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}
