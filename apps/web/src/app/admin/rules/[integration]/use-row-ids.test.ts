import { expect, test } from "vitest";
import { fillUp } from "./use-row-ids.ts";

test.each([
  ["initial rows are numbered", [], 3, [0, 1, 2]],
  ["a removed row takes its id along", [0, 2], 2, [0, 2]],
  ["a new row gets an unused id", [0, 2], 3, [0, 2, 3]],
  ["surplus ids are dropped from the end", [0, 2, 3], 1, [0]],
  ["no rows need no ids", [], 0, []],
])("%s", (_, kept, count, ids) => {
  expect(fillUp(kept, count)).toEqual(ids);
});
