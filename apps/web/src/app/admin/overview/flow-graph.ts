import { sayCapped, sayNumber } from "@eventfork/core/kernel/numbers";
import type { IntegrationOverview, Overview } from "@eventfork/core/overview";

export type State = "flowing" | "idle" | "slow" | "stuck";

export type FlowNode = {
  id: string;
  column: number;
  row: number;
  title: string;
  lines: string[];
  state: State;
  href: string;
};
export type FlowEdge = { id: string; source: string; target: string; label: string; state: State };
export type FlowGraph = { nodes: FlowNode[]; edges: FlowEdge[]; height: number };

export const rowHeight = 92;
const outboxLateSeconds = 60;

/** What fans out, rules, queues and tools as a graph: a row for each integration. */
export function toFlow({ integrations, outbox, rates, fanOut }: Overview): FlowGraph {
  const isLate = outbox.oldestSeconds >= outboxLateSeconds;
  const middle = (integrations.length - 1) / 2;
  const hub: FlowNode = {
    id: "hub",
    column: 0,
    row: middle,
    title: fanOut,
    lines: [sayRate(rates.accepted), isLate ? `${sayCapped(outbox.depth)} held up in the outbox` : "nothing held up"],
    state: isLate ? "stuck" : stateOf(rates.accepted),
    href: "/admin/events",
  };
  const parts = integrations.map((integration, row) => toRow(integration, row, rates));
  return {
    nodes: [hub, ...parts.flatMap(({ nodes }) => nodes)],
    edges: parts.flatMap(({ edges }) => edges),
    height: integrations.length * rowHeight,
  };
}

function toRow(integration: IntegrationOverview, row: number, { accepted, tries }: Overview["rates"]) {
  const { name, title, ruleVersion, ruleSentence, queue, pausedAt, counts } = integration;
  const { delivered, failed } = tries[name] ?? { delivered: 0, failed: 0 };
  const isWaiting = (queue?.waiting ?? 0) > 0;
  const queueState: State = pausedAt !== null && isWaiting ? "stuck" : isWaiting ? "slow" : stateOf(delivered + failed);
  const toolState: State = pausedAt !== null ? "stuck" : failed > 0 ? "slow" : stateOf(delivered);
  const waiting = queue === null ? "unknown" : `${sayNumber(queue.waiting)} waiting`;
  const nodes: FlowNode[] = [
    {
      ...{ id: `${name}-rule`, column: 1, row, title: `Rule ${ruleVersion}`, lines: [`${ruleSentence}.`] },
      ...{ state: stateOf(accepted), href: `/admin/rules/${name}` },
    },
    {
      ...{ id: `${name}-queue`, column: 2, row, title: "Queue", state: queueState },
      lines: [waiting, queue === null ? "SQS does not answer" : `${sayNumber(queue.inFlight)} in flight`],
      href: `/admin/deliveries?integration=${name}`,
    },
    {
      ...{ id: name, column: 3, row, title, state: toolState, href: `#${name}` },
      lines: [
        sayRate(delivered),
        pausedAt !== null
          ? "paused"
          : counts.retrying > 0
            ? `${sayCapped(counts.retrying)} retrying`
            : "nothing retrying",
      ],
    },
  ];
  const edges: FlowEdge[] = [
    { id: `${name}-1`, source: "hub", target: `${name}-rule`, label: "", state: stateOf(accepted) },
    { id: `${name}-2`, source: `${name}-rule`, target: `${name}-queue`, label: "", state: stateOf(delivered + failed) },
    {
      ...{ id: `${name}-3`, source: `${name}-queue`, target: name, state: toolState },
      label: failed > 0 ? `${sayNumber(failed)} fail a minute` : "",
    },
  ];
  return { nodes, edges };
}

const stateOf = (rate: number): State => (rate > 0 ? "flowing" : "idle");

const sayFew = (rate: number) => (rate > 0 && rate < 1 ? "under 1" : sayNumber(Math.round(rate)));
const sayRate = (rate: number) => `${sayFew(rate)} a minute`;
