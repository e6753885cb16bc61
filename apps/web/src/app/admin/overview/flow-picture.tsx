import Link from "next/link";
import { cn } from "@/lib/utils.ts";
import { type FlowEdge, type FlowGraph, type FlowNode, rowHeight, type State } from "./flow-graph.ts";

const columns = [0, 232, 520, 752];
const widths = [160, 216, 160, 186];
const nodeHeight = 76;

const borders: Record<State, string> = {
  flowing: "border-success/40",
  idle: "",
  slow: "border-warning/60",
  stuck: "border-destructive/60",
};
const strokes: Record<State, string> = {
  flowing: "stroke-success-fill",
  idle: "stroke-input",
  slow: "stroke-warning-fill",
  stuck: "stroke-destructive-fill",
};

/** It only shows, so it needs no library for graphs: where each part is follows from its column and its row. */
export function FlowPicture({ flow: { nodes, edges, height } }: { flow: FlowGraph }) {
  const places = new Map(nodes.map((node) => [node.id, placeOf(node)]));
  return (
    <div className="relative min-w-[59rem]" style={{ height }}>
      <svg aria-hidden className="absolute inset-0 size-full fill-none">
        {edges.map((edge) => (
          <Way key={edge.id} edge={edge} from={places.get(edge.source)} to={places.get(edge.target)} />
        ))}
      </svg>
      {nodes.map((node) => (
        <Part key={node.id} node={node} />
      ))}
      {edges.map((edge) => (
        <Label key={edge.id} edge={edge} from={places.get(edge.source)} to={places.get(edge.target)} />
      ))}
    </div>
  );
}

type Place = { left: number; right: number; middle: number };

function placeOf({ column, row }: FlowNode): Place {
  const left = columns[column] ?? 0;
  return { left, right: left + (widths[column] ?? 0), middle: (row + 0.5) * rowHeight };
}

type EdgeProps = { edge: FlowEdge; from: Place | undefined; to: Place | undefined };

function Way({ edge: { state }, from, to }: EdgeProps) {
  if (from === undefined || to === undefined) return null;
  const bend = (from.right + to.left) / 2;
  return (
    <path
      d={`M${from.right} ${from.middle}C${bend} ${from.middle} ${bend} ${to.middle} ${to.left} ${to.middle}`}
      strokeWidth={1.5}
      strokeDasharray={state === "flowing" || state === "slow" ? 5 : undefined}
      className={cn(strokes[state], (state === "flowing" || state === "slow") && "animate-flow")}
    />
  );
}

function Label({ edge: { label }, from, to }: EdgeProps) {
  if (label === "" || from === undefined || to === undefined) return null;
  return (
    <p
      style={{ left: from.right, top: (from.middle + to.middle) / 2, width: to.left - from.right }}
      className="absolute -translate-y-1/2 text-center text-[0.6875rem] text-muted-foreground leading-tight"
    >
      <span className="bg-card">{label}</span>
    </p>
  );
}

function Part({ node }: { node: FlowNode }) {
  const { title, lines, state, href, column } = node;
  const { left, middle } = placeOf(node);
  return (
    <div
      style={{ left, top: middle - nodeHeight / 2, width: widths[column], height: nodeHeight }}
      className={cn("absolute rounded-lg border bg-card px-3 py-2 text-xs", borders[state])}
    >
      <p className="flex items-center justify-between gap-2">
        <Link
          href={href}
          prefetch={false}
          className="rounded-sm font-medium text-sm underline-offset-4 hover:underline"
        >
          {title}
        </Link>
        {(state === "stuck" || state === "slow") && (
          <span className={state === "stuck" ? "text-destructive" : "text-warning"}>
            {state === "stuck" ? "stuck" : "behind"}
          </span>
        )}
      </p>
      {lines.map((line) => (
        <p key={line} className="line-clamp-2 text-muted-foreground tabular-nums" title={line}>
          {line}
        </p>
      ))}
    </div>
  );
}
