import { expect, test, vi } from "vitest";
import { firstIdAt, newId } from "./ids.ts";

function idAt(now: number): string {
  vi.useFakeTimers({ now });
  try {
    return newId("event");
  } finally {
    vi.useRealTimers();
  }
}

// Ascending: an id never sorts before an earlier one of its process, whatever its clock says.
test.each(["2001-09-09T01:46:40.000Z", "2026-11-30T00:00:00.000Z", "9999-12-31T23:59:59.998Z"])(
  "ids made from %s on sort after its bound, and earlier ones before it",
  (time) => {
    const at = Date.parse(time);
    const [bound, next] = [firstIdAt("event", new Date(at)), firstIdAt("event", new Date(at + 1))];
    const [before, then, after] = [idAt(at - 1), idAt(at), idAt(at + 1)];
    expect([before, bound, then, next, after].toSorted()).toEqual([before, bound, then, next, after]);
  },
);
