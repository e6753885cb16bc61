import { createTestCtx, deadLetterRecord } from "@eventfork/testing";
import { beforeEach, expect, test } from "vitest";
import type { Ctx } from "../../platform/index.ts";
import { archive, countDeadLetters, discardDeadLetters } from "../index.ts";

let ctx: Ctx;

beforeEach(async () => {
  ctx = await createTestCtx();
  const keep = (integration: "slack" | "mailchimp", ids: string[]) =>
    archive(
      { ...ctx, integration },
      ids.map((id) => deadLetterRecord({ id })),
    );
  await keep("slack", ["evt_1", "evt_2", "evt_3"]);
  await keep("mailchimp", ["evt_1"]);
  await discardDeadLetters(ctx, { filter: { integration: "mailchimp" }, reason: "A test." });
});

const none = { open: 0, replaying: 0, resolved: 0, discarded: 0 };

test.each([
  [{}, { ...none, open: 3, discarded: 1 }],
  [{ integration: "slack" as const }, { ...none, open: 3 }],
  [{ status: "discarded" as const }, { ...none, discarded: 1 }],
  [{ integration: "slack" as const, status: "discarded" as const }, none],
  [{ to: new Date(0) }, none],
])("a filter of %o finds %o", async (filter, counts) => {
  expect(await countDeadLetters(ctx, filter)).toEqual(counts);
});

test("a misspelled filter is refused, because it would match more than intended", async () => {
  const misspelt = { intergation: "slack" } as object;
  await expect(countDeadLetters(ctx, misspelt)).rejects.toMatchObject({ code: "INVALID" });
});
