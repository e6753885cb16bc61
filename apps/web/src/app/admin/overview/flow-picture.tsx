"use client";

import "@xyflow/react/dist/base.css";
import { type Edge, Handle, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
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
  flowing: "var(--success-fill)",
  idle: "var(--input)",
  slow: "var(--warning-fill)",
  stuck: "var(--destructive-fill)",
};

const nodeTypes = { part: Part };

/** Loaded by itself, for its library. It only shows: nothing in it is dragged, joined, moved or chosen, and its links are all that can be reached. */
export function FlowPicture({ flow }: { flow: FlowGraph }) {
  return (
    <ReactFlow
      nodes={flow.nodes.map(toNode)}
      edges={flow.edges.map(toEdge)}
      nodeTypes={nodeTypes}
      defaultViewport={{ x: 0, y: 0, zoom: 1 }}
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

function toNode(data: FlowNode): Node<FlowNode> {
  const { id, column, row } = data;
  const position = { x: columns[column] ?? 0, y: (row + 0.5) * rowHeight - nodeHeight / 2 };
  return { id, type: "part", position, width: widths[column] ?? 0, height: nodeHeight, data };
}

function toEdge({ id, source, target, label, state }: FlowEdge): Edge {
  return {
    ...{ id, source, target, label },
    animated: state === "flowing" || state === "slow",
    style: { stroke: strokes[state], strokeWidth: 1.5 },
    labelStyle: { fill: "var(--muted-foreground)", fontSize: 11 },
    labelBgStyle: { fill: "var(--card)" },
  };
}

function Part({ data: { title, lines, state, href } }: NodeProps<Node<FlowNode>>) {
  return (
    <div className={cn("size-full rounded-lg border bg-card px-3 py-2 text-xs", borders[state])}>
      <Handle type="target" position={Position.Left} className="invisible" />
      <p className="flex items-center justify-between gap-2">
        <Link
          href={href}
          prefetch={false}
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
      <Handle type="source" position={Position.Right} className="invisible" />
    </div>
  );
}
