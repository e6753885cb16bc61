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

const countAgainMs = 15_000;

type ReplayFilteredProps = { integration: IntegrationName; version: number };

/** After a rule was wrong: how many events the version before kept out that the active one wants, and a way to send them. */
export function ReplayFiltered({ integration, version }: ReplayFilteredProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const canChange = useCanChange();
  const running = useRef<AbortController | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const { data } = useQuery({
    ...trpc.rules.countFiltered.queryOptions({ integration }),
    refetchInterval: countAgainMs,
  });
  if (version === 1 || data === undefined || (data.wanted === 0 && sent === null)) return null;
  const { title } = integrations[integration];

  async function send(): Promise<void> {
    running.current = new AbortController();
    setSent(0);
    let total = 0;
    try {
      const { signal } = running.current;
      for await (const step of await client.rules.replayFiltered.mutate({ integration }, { signal })) {
        total = step.sent;
        setSent(total);
      }
      toast.success(`${total.toLocaleString("en")} sent to ${title}.`);
    } catch (error) {
      const isStopped = running.current.signal.aborted;
      if (isStopped) toast(`Stopped after ${total.toLocaleString("en")}. The next run goes on with the rest.`);
      else toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      setSent(null);
      await queryClient.invalidateQueries(trpc.rules.countFiltered.pathFilter());
    }
  }

  return (
    <Card className="flex flex-col items-start gap-3 p-5 text-sm">
      <h2 className="font-semibold">Kept out before</h2>
      <p className="text-muted-foreground">
        {data.wanted.toLocaleString("en")} {data.wanted === 1 ? "event" : "events"} since version {data.since} did not
        reach {title} and would now. Sending goes to {title}'s queue alone, 50 a second; nothing is delivered twice.
      </p>
      {canChange &&
        (sent === null ? (
          <Button variant="outline" size="sm" onClick={send}>
            <SendIcon aria-hidden />
            Send {data.wanted.toLocaleString("en")}
          </Button>
        ) : (
          <div className="flex w-full items-center gap-3">
            <progress value={sent} max={data.wanted} aria-label="Sent" className="h-1.5 flex-1 accent-primary" />
            <span className="text-xs tabular-nums">{sent.toLocaleString("en")}</span>
            <Button variant="ghost" size="sm" onClick={() => running.current?.abort()}>
              Stop
            </Button>
          </div>
        ))}
    </Card>
  );
}
