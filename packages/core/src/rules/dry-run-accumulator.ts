import type { Group } from "@eventfork/filter-policy";
import { type CompiledRule, explainCompiled, type FailedClause, findLeaves, matches } from "@eventfork/filter-policy";

/** `recordedAt` is in milliseconds. */
export type DryRunEvent = { id: string; type: string; recordedAt: number; body: Record<string, unknown> };

/** `newest` and `oldest` are in milliseconds. */
export type RecentEvents = { total: number; newest: number; oldest: number };

/** `because`: the failed clauses of the rule that filters it out. */
export type ChangedEvent = {
  id: string;
  type: string;
  recordedAt: Date;
  label: string;
  because: FailedClause[];
};

export type Bucket = { from: Date; both: number; gained: number; lost: number; neither: number };

export type ValueCount = { value: string; total: number; current: number; draft: number };

export type DryRunReport = {
  isDone: boolean;
  version: number;
  total: number;
  done: number;
  current: number;
  draft: number;
  gained: number;
  lost: number;
  gainedEvents: ChangedEvent[];
  lostEvents: ChangedEvent[];
  buckets: Bucket[];
  fields: { path: string; values: ValueCount[] }[];
};

const shownEvents = 100;
const bucketCount = 40;
const mostValues = 12;
const mostFields = 6;

type Field = { path: string; values: Map<string, Omit<ValueCount, "value">> | null };

export class DryRunAccumulator {
  done = 0;
  private current = 0;
  private draft = 0;
  private gained = 0;
  private lost = 0;
  private readonly gainedEvents: ChangedEvent[] = [];
  private readonly lostEvents: ChangedEvent[] = [];
  private readonly buckets: Bucket[];
  private readonly fields: Field[];
  private readonly bucketMs: number;
  private readonly rules: { current: CompiledRule; draft: CompiledRule };
  private readonly recent: RecentEvents;

  constructor(current: CompiledRule, draft: CompiledRule, recent: RecentEvents) {
    this.rules = { current, draft };
    this.recent = recent;
    this.bucketMs = Math.max(1, (recent.newest - recent.oldest) / bucketCount);
    this.buckets = Array.from({ length: recent.total === 0 ? 0 : bucketCount }, (_, index) => ({
      from: new Date(recent.oldest + index * this.bucketMs),
      both: 0,
      gained: 0,
      lost: 0,
      neither: 0,
    }));
    const paths = new Set(["type", ...listPaths(current.group), ...listPaths(draft.group)]);
    this.fields = [...paths].slice(0, mostFields).map((path) => ({ path, values: new Map() }));
  }

  add(event: DryRunEvent): void {
    const isCurrent = matches(this.rules.current, event);
    const isDraft = matches(this.rules.draft, event);
    this.done += 1;
    if (isCurrent) this.current += 1;
    if (isDraft) this.draft += 1;
    if (isDraft && !isCurrent) this.addChanged("gained", event);
    if (isCurrent && !isDraft) this.addChanged("lost", event);
    const index = Math.min(bucketCount - 1, Math.floor((event.recordedAt - this.recent.oldest) / this.bucketMs));
    const bucket = this.buckets[Math.max(0, index)];
    if (bucket !== undefined) bucket[nameChange(isCurrent, isDraft)] += 1;
    for (const field of this.fields) addValues(field, event, isCurrent, isDraft);
  }

  report(version: number, isDone: boolean): DryRunReport {
    const { done, current, draft, gained, lost, gainedEvents, lostEvents, buckets } = this;
    const counts = { total: isDone ? done : this.recent.total, done, current, draft, gained, lost };
    const changed = { gainedEvents: [...gainedEvents], lostEvents: [...lostEvents] };
    return {
      isDone,
      version,
      ...counts,
      ...changed,
      buckets: buckets.map((b) => ({ ...b })),
      fields: this.listFields(),
    };
  }

  private addChanged(change: "gained" | "lost", event: DryRunEvent): void {
    this[change] += 1;
    const list = change === "gained" ? this.gainedEvents : this.lostEvents;
    if (list.length >= shownEvents) return;
    const filteringRule = change === "gained" ? this.rules.current : this.rules.draft;
    const { id, type, recordedAt } = event;
    const label = labelOf(event.body);
    list.push({ id, type, recordedAt: new Date(recordedAt), label, because: explainCompiled(filteringRule, event) });
  }

  private listFields(): DryRunReport["fields"] {
    return this.fields.flatMap(({ path, values }) => {
      if (values === null || values.size === 0) return [];
      const rows = [...values].map(([value, counts]) => ({ value, ...counts }));
      return [{ path, values: rows.sort((left, right) => right.total - left.total) }];
    });
  }
}

function nameChange(isCurrent: boolean, isDraft: boolean): "both" | "gained" | "lost" | "neither" {
  if (isCurrent) return isDraft ? "both" : "lost";
  return isDraft ? "gained" : "neither";
}

function addValues(field: Field, event: DryRunEvent, isCurrent: boolean, isDraft: boolean): void {
  const { values } = field;
  if (values === null) return;
  const leaves = findLeaves(event.body, field.path);
  for (const value of leaves.length === 0 ? ["(absent)"] : leaves.map((leaf) => String(leaf).slice(0, 100))) {
    const known = values.get(value);
    if (known === undefined && values.size >= mostValues) {
      field.values = null;
      return;
    }
    const counts = known ?? { total: 0, current: 0, draft: 0 };
    counts.total += 1;
    if (isCurrent) counts.current += 1;
    if (isDraft) counts.draft += 1;
    if (known === undefined) values.set(value, counts);
  }
}

function listPaths(group: Group): string[] {
  return group.flatMap((part) =>
    part.kind === "clause" ? [part.path] : part.alternatives.flatMap((alternative) => listPaths(alternative)),
  );
}

function labelOf(body: Record<string, unknown>): string {
  const [email] = findLeaves(body, "data.email");
  return String(email ?? body["subject"] ?? "");
}
