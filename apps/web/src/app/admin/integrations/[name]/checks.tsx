import type { IntegrationCheck } from "@eventfork/core/integrations";
import type { IntegrationDetail, IntegrationStatus } from "@eventfork/core/overview";
import { formatNumber } from "@eventfork/core/platform/text/numbers";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CheckIcon, LoaderIcon, PlugZapIcon, TriangleAlertIcon } from "lucide-react";
import { useCanChange } from "@/components/layout/operator.tsx";
import { ErrorText, SectionCard } from "@/components/layout/page-layout.tsx";
import { Button } from "@/components/ui/button.tsx";
import { RelativeTime, useNow } from "@/components/ui/relative-time.tsx";
import { useTRPC } from "@/trpc/client.tsx";

type ChecksProps = { detail: IntegrationDetail; queue: IntegrationStatus["queue"]; isPaused: boolean };

const lateMs = 30_000;

export function Checks({ detail: { name, title, checks }, queue, isPaused }: ChecksProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const test = useMutation(
    trpc.integrations.test.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.integrations.get.queryFilter({ integration: name })),
    }),
  );
  const [latest, ...others] = checks;
  const isWaiting = latest !== undefined && latest.answeredAt === null;
  return (
    <SectionCard
      title="Connection test"
      aside={
        canChange && (
          <Button size="sm" disabled={test.isPending || isPaused} onClick={() => test.mutate({ integration: name })}>
            <PlugZapIcon aria-hidden />
            Test
          </Button>
        )
      }
    >
      <ErrorText error={test.error} />
      {isPaused && (
        <p className="text-muted-foreground text-sm">
          {title} is paused: its queue is not read, or only to probe it, and a test would wait. Resume it, then test.
        </p>
      )}
      <div aria-live="polite">
        {latest === undefined ? (
          <p className="text-muted-foreground text-sm">
            Not tested yet. A test makes a real call to {title} that changes nothing there, from where events are
            delivered.
          </p>
        ) : isWaiting ? (
          <Waiting check={latest} queue={queue} />
        ) : (
          <Answer check={latest} />
        )}
      </div>
      {others.length > 0 && (
        <details className="text-sm">
          <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground">Tests before</summary>
          <ul className="mt-2 flex flex-col gap-2">
            {others.map((check) => (
              <li key={check.id} className="break-words">
                <RelativeTime date={check.requestedAt} className="text-muted-foreground" />:{" "}
                {check.result === null ? "no answer" : (check.result.problem?.text ?? "it worked")}
              </li>
            ))}
          </ul>
        </details>
      )}
    </SectionCard>
  );
}

function Waiting({ check: { requestedAt }, queue }: { check: IntegrationCheck; queue: IntegrationStatus["queue"] }) {
  const now = useNow();
  const isLate = now - requestedAt.getTime() > lateMs;
  const before = queue?.waiting ?? 0;
  return (
    <p className="flex items-center gap-2 text-sm">
      <LoaderIcon aria-hidden className="size-4 shrink-0 animate-spin text-info motion-reduce:animate-none" />
      <span>
        Asked <RelativeTime date={requestedAt} />; waiting for its consumer.
        {isLate &&
          (before > 1
            ? ` Its queue has ${formatNumber(before)} messages, and the test is one of them.`
            : " It should have answered: look whether the consumer runs.")}
      </span>
    </p>
  );
}

function Answer({ check: { requestedAt, requestedBy, result } }: { check: IntegrationCheck }) {
  if (result === null) return <p className="text-sm">The details cannot be read.</p>;
  const { problem, facts, durationMs } = result;
  return (
    <div className="flex flex-col gap-3 text-sm">
      {problem === null ? (
        <p className="flex items-center gap-2 font-medium text-success">
          <CheckIcon aria-hidden className="size-4 shrink-0" />
          It works.
        </p>
      ) : (
        <p className="flex items-start gap-2 whitespace-pre-line break-words text-destructive">
          <TriangleAlertIcon aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0">{problem.text}</span>
        </p>
      )}
      {facts.length > 0 && (
        <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          {facts.map(({ title, text }) => (
            <div key={title} className="min-w-0">
              <dt className="text-muted-foreground text-xs">{title}</dt>
              <dd className="break-words">{text}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className="text-muted-foreground text-xs">
        Tested <RelativeTime date={requestedAt} /> by {requestedBy}; the call took {formatNumber(durationMs)} ms.
      </p>
    </div>
  );
}
