import fc from "fast-check";
import { expect, test } from "vitest";
import { formatNumber } from "./numbers.ts";

test("numbers are formatted as in English", () => {
  expect([0, 12, 999, 1_000, 123_456, 1_234_567, 99.97, 1_234.5678].map(formatNumber)).toEqual([
    ...["0", "12", "999", "1,000", "123,456", "1,234,567", "99.97", "1,234.5678"],
  ]);
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => formatNumber(value) === value.toLocaleString("en")));
});
