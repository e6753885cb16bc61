import type { IntegrationOverview, Overview } from "@eventfork/core/overview";
import { formatCapped, formatNumber } from "@eventfork/core/platform/text/numbers";
import Link from "next/link";
import { Card, ScrollRegion } from "@/components/ui/panels.tsx";
import { cn } from "@/lib/utils.ts";
import { outboxLateSeconds } from "./system-status.tsx";

const boxes: Record<State, string> = {
  flowing: "border-success/40",
  idle: "",
  slow: "border-warning/60",
  stuck: "border-destructive/60",
};
const lines: Record<State, string> = {
  flowing: "animate-flow stroke-success-fill",
  idle: "stroke-input",
  slow: "animate-flow stroke-warning-fill",
  stuck: "stroke-destructive-fill",
};

export function Flow({ overview }: { overview: Overview }) {
  const { hub, rows } = toFlow(overview);
  return (
    <Card role="region" aria-label="Flow" className="flex flex-col gap-3 p-5">
      <h2 className="font-semibold text-sm">
        Flow <span className="font-normal text-muted-foreground">in the last five minutes</span>
      </h2>
      <ScrollRegion label="The way of an event" className="-mx-5 overflow-x-auto px-5">
        <div
          className="grid grid-cols-[10rem_minmax(3rem,1fr)_13.5rem_minmax(3rem,1fr)_10rem_minmax(6rem,1fr)_11.5rem] items-center"
          style={{ gridTemplateRows: `repeat(${rows.length}, 5.75rem)` }}
        >
          <Box box={hub} className="row-span-full" />
          <Connector states={rows.map(({ rule }) => rule.state)} className="row-span-full" />
          <ul className="contents">
            {rows.map(({ name, rule, passing, queue, failing, tool }) => (
              <li key={name} className="contents">
                <Box box={rule} />
                <Connector states={[passing]} />
                <Box box={queue} />
                <div className="relative size-full">
                  <Connector states={[tool.state]} />
                  <p className="absolute inset-x-0 bottom-1/2 pb-1 text-center text-[0.6875rem] text-muted-foreground">
                    {failing}
                  </p>
                </div>
                <Box box={tool} />
              </li>
            ))}
          </ul>
        </div>
      </ScrollRegion>
    </Card>
  );
}

function Box({ box: { title, lines, state, href }, className }: { box: FlowBox; className?: string }) {
  return (
    <div className={cn("h-19 rounded-lg border bg-card px-3 py-2 text-xs", boxes[state], className)}>
      <p className="flex items-center justify-between gap-2">
        <Link
          href={href}
          prefetch={false}
          className="rounded-sm font-medium text-sm underline-offset-4 hover:underline"
        >
          {title}
        </Link>
        {state === "stuck" && <span className="text-destructive">stuck</span>}
        {state === "slow" && <span className="text-warning">behind</span>}
      </p>
      {lines.map((line) => (
        <p key={line} className="line-clamp-2 text-muted-foreground tabular-nums" title={line}>
          {line}
        </p>
      ))}
    </div>
  );
}

function Connector({ states, className }: { states: readonly State[]; className?: string }) {
  const middle = states.length / 2;
  return (
    <svg
      aria-hidden
      viewBox={`0 0 2 ${states.length}`}
      preserveAspectRatio="none"
      className={cn("size-full fill-none", className)}
    >
      {states.map((state, row) => {
        const path = `M0 ${middle}C1 ${middle} 1 ${row + 0.5} 2 ${row + 0.5}`;
        return (
          <path key={path} d={path} vectorEffect="non-scaling-stroke" strokeWidth={1.5} className={lines[state]} />
        );
      })}
    </svg>
  );
}

type State = "flowing" | "idle" | "slow" | "stuck";

type FlowBox = { title: string; lines: string[]; state: State; href: string };

function toFlow({ integrations, outbox, rates, fanOut }: Overview) {
  const isLate = outbox.oldestSeconds >= outboxLateSeconds;
  const hub: FlowBox = {
    title: fanOut,
    lines: [
      formatRate(rates.accepted),
      isLate ? `${formatCapped(outbox.depth)} held up in the outbox` : "nothing held up",
    ],
    state: isLate ? "stuck" : stateOf(rates.accepted),
    href: "/admin/events",
  };
  return { hub, rows: integrations.map((integration) => toRow(integration, rates)) };
}

function toRow(integration: IntegrationOverview, { accepted, attempts }: Overview["rates"]) {
  const { name, title, ruleVersion, ruleSentence, queue, pausedAt, counts } = integration;
  const { delivered, failed } = attempts[name] ?? { delivered: 0, failed: 0 };
  const passing = stateOf(delivered + failed);
  const isPaused = pausedAt !== null;
  const isWaiting = (queue?.waiting ?? 0) > 0;
  const retrying = counts.retrying > 0 ? `${formatCapped(counts.retrying)} retrying` : "nothing retrying";
  const rule: FlowBox = {
    title: `Rule ${ruleVersion}`,
    lines: [`${ruleSentence}.`],
    state: stateOf(accepted),
    href: `/admin/rules/${name}`,
  };
  const queueBox: FlowBox = {
    title: "Queue",
    lines:
      queue === null
        ? ["unknown", "SQS does not answer"]
        : [`${formatNumber(queue.waiting)} waiting`, `${formatNumber(queue.inFlight)} in flight`],
    state: isWaiting ? (isPaused ? "stuck" : "slow") : passing,
    href: `/admin/deliveries?integration=${name}`,
  };
  const tool: FlowBox = {
    title,
    lines: [formatRate(delivered), isPaused ? "paused" : retrying],
    state: isPaused ? "stuck" : failed > 0 ? "slow" : stateOf(delivered),
    href: `#${name}`,
  };
  return {
    name,
    rule,
    passing,
    queue: queueBox,
    failing: failed > 0 ? `${formatNumber(failed)} fail a minute` : "",
    tool,
  };
}

const stateOf = (rate: number): State => (rate > 0 ? "flowing" : "idle");

const formatFew = (rate: number) => (rate > 0 && rate < 1 ? "under 1" : formatNumber(Math.round(rate)));
const formatRate = (rate: number) => `${formatFew(rate)} a minute`;
