import { expect, test } from "vitest";
import { fillUp } from "./use-row-ids.ts";

test.each([
  ["rows that are there from the start are numbered", [], 3, [0, 1, 2]],
  ["a row that goes takes its id with it", [0, 2], 2, [0, 2]],
  ["a new row gets an id that none of the others has", [0, 2], 3, [0, 2, 3]],
  ["rows that the JSON has no more are forgotten, the last first", [0, 2, 3], 1, [0]],
  ["no row, no id", [], 0, []],
])("%s", (_, kept, count, ids) => {
  expect(fillUp(kept, count)).toEqual(ids);
});
