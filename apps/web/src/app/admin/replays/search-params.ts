import type { ReplayItemState, ReplaySource, ReplayState } from "@eventfork/core/replays";
import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { replayItemStatusStyles, replayStatusStyles } from "@/components/ui/status-badge.tsx";

export const sourceTitles: Readonly<Record<ReplaySource, string>> = {
  dead_letters: "Dead letters",
  backfill: "Backfill",
  filtered: "Filtered out by a rule",
  overdue: "Overdue",
};

const states = Object.keys(replayStatusStyles) as ReplayState[];
const sources = Object.keys(sourceTitles) as ReplaySource[];
const itemStates = Object.keys(replayItemStatusStyles) as ReplayItemState[];

export const replaysParams = {
  state: parseAsStringLiteral(states),
  source: parseAsStringLiteral(sources),
  cursor: parseAsString,
};

export const loadReplaysParams = createLoader(replaysParams);
export const serialiseReplaysParams = createSerializer(replaysParams);

export const replayItemsParams = { state: parseAsStringLiteral(itemStates), cursor: parseAsString };

export const loadReplayItemsParams = createLoader(replayItemsParams);
export const serialiseReplayItemsParams = createSerializer(replayItemsParams);

export const replayStateOptions = states.map((value) => ({ value, title: replayStatusStyles[value].title }));
export const replaySourceOptions = sources.map((value) => ({ value, title: sourceTitles[value] }));
export const replayItemStateOptions = itemStates.map((value) => ({
  value,
  title: replayItemStatusStyles[value].title,
}));
