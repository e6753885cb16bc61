import { sayNumber } from "@eventfork/core/kernel/numbers";
import type { Outcomes, Range } from "@eventfork/core/rollups";
import { sayTime } from "./points.ts";
import { Told } from "./told.tsx";
import { layers } from "./tries-layers.ts";

export type TriesPoint = { at: Date } & Outcomes;

/** What a bar stands for, beside the pointer. */
export function TriesTold({ range, point }: { range: Range; point: TriesPoint | undefined }) {
  if (point === undefined) return null;
  const rows = layers.map(({ of, title }) => [title, sayNumber(point[of])] as const);
  return <Told title={sayTime(point.at, range).full} rows={rows} />;
}
