import { type Place, type Policy, parsePolicy, scanJson } from "./parse.ts";
import type { Problem } from "./problems.ts";
import { type Scope, validatePolicy } from "./validate.ts";

/** `from` and `to` are UTF-16 offsets. */
export type LocatedProblem = Problem & { from: number; to: number };

export function findProblems(text: string, scope: Scope): LocatedProblem[] {
  return locateProblems(text, (policy) => validatePolicy(policy, scope));
}

/** With the problems of any other validation than the language's own. */
export function locateProblems(text: string, validate: (policy: Policy) => Problem[]): LocatedProblem[] {
  const parsed = parsePolicy(text);
  const problems = parsed.ok ? validate(parsed.policy) : parsed.problems;
  if (problems.length === 0) return [];
  const places: Place[] = [];
  scanJson(text, (place) => places.push(place));
  return problems.map((problem) => ({ ...problem, ...locate(text, problem, places) }));
}

function locate(text: string, { path, line, column }: Problem, places: readonly Place[]): { from: number; to: number } {
  if (line !== undefined && column !== undefined) {
    const lines = text.split("\n").slice(0, line - 1);
    const from = Math.min(text.length, lines.reduce((sum, before) => sum + before.length + 1, 0) + column - 1);
    return { from, to: Math.min(text.length, from + 1) };
  }
  const found = findNearest(path, places);
  if (found !== undefined) return { from: found.from, to: found.to };
  const start = text.search(/\S/);
  return { from: Math.max(0, start), to: Math.max(0, start) + 1 };
}

function findNearest(path: string, places: readonly Place[]): Place | undefined {
  const around = places.filter((place) => path.startsWith(place.path));
  return around.reduce<Place | undefined>(
    (nearest, place) => (nearest === undefined || place.path.length > nearest.path.length ? place : nearest),
    undefined,
  );
}
