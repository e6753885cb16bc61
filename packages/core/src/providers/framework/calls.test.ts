import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CredentialsError, RejectedError, RetryableError } from "../../platform/errors.ts";
import { deliverInCalls, toChunks } from "./calls.ts";

describe("deliverInCalls", () => {
  test("a refused item fails alone", async () => {
    const refused = new RejectedError("no", { code: "bad" });
    const items = Array.from({ length: 50 }, (_, index) => index);
    let calls = 0;
    const outcomes = await deliverInCalls([items], async (chunk) => {
      calls += 1;
      if (chunk.includes(17)) throw refused;
      return "taken";
    });
    expect(items.filter((item) => !outcomes.get(item)?.ok)).toEqual([17]);
    expect(outcomes.get(17)).toEqual({ ok: false, error: refused });
    expect(calls).toBeLessThanOrEqual(13);
  });

  test.each([new RetryableError("later", { code: "busy" }), new CredentialsError("broken", { code: "key" })])(
    "after a $name no further call is made, earlier items stay delivered and the rest share the error",
    async (error) => {
      const sent: number[][] = [];
      const outcomes = await deliverInCalls([[1, 2], [3, 4], [5]], async (chunk) => {
        sent.push([...chunk]);
        if (chunk.includes(3)) throw error;
        return "taken";
      });
      expect(sent).toEqual([
        [1, 2],
        [3, 4],
      ]);
      expect([1, 2, 3, 4, 5].map((item) => outcomes.get(item)?.ok)).toEqual([true, true, false, false, false]);
      expect(outcomes.get(5)).toEqual({ ok: false, error });
    },
  );

  test("an error of our own fails its chunk alone, and does not count as the provider's", async () => {
    const defect = new TypeError("a bug");
    const outcomes = await deliverInCalls([[1], [2]], async ([item]) => {
      if (item === 1) throw defect;
      return "taken";
    });
    expect(outcomes.get(1)).toMatchObject({ ok: false, error: { code: "unexpected", cause: defect } });
    expect(outcomes.get(2)).toEqual({ ok: true, response: "taken" });
  });

  test("never more calls at once than allowed", async () => {
    let open = 0;
    let mostOpen = 0;
    const chunks = Array.from({ length: 20 }, (_, index) => [index]);
    await deliverInCalls(
      chunks,
      async () => {
        mostOpen = Math.max(mostOpen, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return "taken";
      },
      { parallel: 4 },
    );
    expect(mostOpen).toBe(4);
  });

  test("every item has exactly the outcome that calling it alone would give", async () => {
    const bad = fc.uniqueArray(fc.nat(39), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(bad, fc.integer({ min: 1, max: 40 }), async (refused, maximumLength) => {
        const items = Array.from({ length: 40 }, (_, index) => index);
        const outcomes = await deliverInCalls(toChunks(items, { maximumLength }), async (chunk) => {
          if (chunk.some((item) => refused.includes(item))) throw new RejectedError("no", { code: "bad" });
          return "taken";
        });
        expect(items.filter((item) => !outcomes.get(item)?.ok)).toEqual(refused.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });
});

describe("toChunks", () => {
  test("keeps every item in order, and only a single item may be larger than allowed", () => {
    const options = fc.record({
      maximumLength: fc.integer({ min: 1, max: 10 }),
      maximumSize: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(fc.nat(60)), options, (items, { maximumLength, maximumSize }) => {
        const chunks = toChunks(items, { maximumLength, maximumSize, sizeOf: (item) => item });
        expect(chunks.flat()).toEqual(items);
        for (const chunk of chunks) {
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(maximumLength);
          if (chunk.length > 1) expect(chunk.reduce((sum, item) => sum + item, 0)).toBeLessThanOrEqual(maximumSize);
        }
      }),
    );
  });
});
