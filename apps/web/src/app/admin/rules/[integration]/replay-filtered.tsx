"use client";

import { type IntegrationName, integrations } from "@eventfork/core/topology";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { SendIcon } from "lucide-react";
import { useRef, useState } from "react";
import { toast } from "sonner";
import { useCanChange } from "@/components/admin/operator.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { useTRPC, useTRPCClient } from "@/trpc/client.tsx";

type ReplayFilteredProps = { integration: IntegrationName; version: number };

/** After a rule was wrong: how many events the version before kept out that the active one wants, and a way to send them. */
export function ReplayFiltered({ integration, version }: ReplayFilteredProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const running = useRef<AbortController | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [isAsked, setIsAsked] = useState(false);
  // It goes through every event since then: only when somebody asks.
  const { data, isFetching, error } = useQuery({
    ...trpc.rules.countFiltered.queryOptions({ integration }),
    enabled: isAsked,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (version === 1) return null;
  const { title } = integrations[integration];

  async function send(): Promise<void> {
    const controller = new AbortController();
    running.current = controller;
    setSent(0);
    let total = 0;
    const sayEnd = () =>
      controller.signal.aborted
        ? toast(`Stopped after ${total.toLocaleString("en")}. The next run goes on with the rest.`)
        : toast.success(`${total.toLocaleString("en")} sent to ${title}.`);
    try {
      const steps = await client.rules.replayFiltered.mutate({ integration }, { signal: controller.signal });
      for await (const step of steps) {
        total = step.sent;
        setSent(total);
      }
      sayEnd();
    } catch (error) {
      if (controller.signal.aborted) sayEnd();
      else toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      setSent(null);
      await queryClient.invalidateQueries(trpc.rules.countFiltered.pathFilter());
    }
  }

  return (
    <Card className="flex flex-col items-start gap-3 p-5 text-sm">
      <h2 className="font-semibold">Kept out before</h2>
      <p aria-live="polite" className="text-muted-foreground">
        {data === undefined
          ? `After a rule was wrong: the events that the version before kept out and version ${version} wants can be sent to ${title} now.`
          : `${data.wanted.toLocaleString("en")} ${data.wanted === 1 ? "event" : "events"} since version ${data.since} did not reach ${title} and would now. They go to its queue alone, 50 a second; nothing is delivered twice.`}
      </p>
      {error !== null && <p className="text-destructive">{error.message}</p>}
      {data === undefined && (
        <Button variant="outline" size="sm" disabled={isFetching} onClick={() => setIsAsked(true)}>
          {isFetching ? "Counting…" : "Count them"}
        </Button>
      )}
      {data !== undefined && canChange && sent === null && (
        <Button variant="outline" size="sm" disabled={data.wanted === 0} onClick={send}>
          <SendIcon aria-hidden />
          Send {data.wanted.toLocaleString("en")}
        </Button>
      )}
      {data !== undefined && sent !== null && (
        <div className="flex w-full items-center gap-3">
          <progress value={sent} max={data.wanted} aria-label="Sent" className="h-1.5 flex-1 accent-primary" />
          <span className="text-xs tabular-nums">{sent.toLocaleString("en")}</span>
          <Button variant="ghost" size="sm" onClick={() => running.current?.abort()}>
            Stop
          </Button>
        </div>
      )}
    </Card>
  );
}
