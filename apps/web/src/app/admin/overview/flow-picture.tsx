"use client";

import "@xyflow/react/dist/base.css";
import { type Edge, Handle, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
import Link from "next/link";
import { cn } from "@/lib/utils.ts";
import { type FlowGraph, type FlowNode, rowHeight, type State } from "./flow-graph.ts";

const columns = [0, 232, 520, 752];
const widths = [160, 216, 160, 186];

const borders: Record<State, string> = {
  flowing: "border-success/40",
  idle: "",
  slow: "border-warning/60",
  stuck: "border-destructive/60",
};
const strokes: Record<State, string> = {
  flowing: "var(--success-fill)",
  idle: "var(--input)",
  slow: "var(--warning-fill)",
  stuck: "var(--destructive-fill)",
};

const nodeTypes = { part: Part };

/** Loaded by itself, for its library. It only shows: nothing is dragged or joined. */
export function FlowPicture({ flow }: { flow: FlowGraph }) {
  const nodes: Node<FlowNode>[] = flow.nodes.map((data) => ({
    id: data.id,
    type: "part",
    position: { x: columns[data.column] ?? 0, y: data.row * rowHeight },
    data,
  }));
  const edges: Edge[] = flow.edges.map(({ id, source, target, label, state }) => ({
    ...{ id, source, target, label, focusable: false },
    animated: state === "flowing" || state === "slow",
    style: { stroke: strokes[state], strokeWidth: 1.5 },
    labelStyle: { fill: "var(--muted-foreground)", fontSize: 11 },
    labelBgStyle: { fill: "var(--card)" },
  }));
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      defaultViewport={{ x: 0, y: 4, zoom: 1 }}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      panOnDrag={false}
      panOnScroll={false}
      zoomOnScroll={false}
      zoomOnPinch={false}
      zoomOnDoubleClick={false}
      preventScrolling={false}
      disableKeyboardA11y
    />
  );
}

function Part({ data: { title, lines, state, href, column } }: NodeProps<Node<FlowNode>>) {
  return (
    <div
      style={{ width: widths[column] }}
      className={cn("nodrag nopan rounded-lg border bg-card px-3 py-2 text-xs", borders[state])}
    >
      <Handle type="target" position={Position.Left} className="!border-0 !bg-transparent" />
      <p className="flex items-center justify-between gap-2">
        <Link
          href={href}
          className="pointer-events-auto rounded-sm font-medium text-sm underline-offset-4 hover:underline"
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
      <Handle type="source" position={Position.Right} className="!border-0 !bg-transparent" />
    </div>
  );
}
