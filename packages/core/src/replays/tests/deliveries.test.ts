import { createTestCtx } from "@eventfork/testing";
import { replayHands } from "@eventfork/testing/replaying";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Ctx } from "../../platform/index.ts";
import { previewReplay, type ReplaySelection, startReplay } from "../index.ts";

let ctx: Ctx;
const { advance, createDeadLetters, deliver, receive } = replayHands(() => ctx);

async function prepare(): Promise<void> {
  ctx = await createTestCtx();
  await createDeadLetters(["evt_1", "evt_2", "evt_3"]);
  await createDeadLetters(["evt_4"], "slack", "is_archived");
  await createDeadLetters(["evt_1"], "mailchimp");
  await deliver(["evt_3"]);
}

type Deliveries = Extract<ReplaySelection, { source: "dead_letters" }>["deliveries"];
const of = (deliveries: Deliveries) => ({ selection: { source: "dead_letters" as const, deliveries } });
const keysOf = (...ids: string[]) => ({ keys: ids.map((eventId) => ({ eventId, integration: "slack" })) });

describe("a preview changes nothing:", () => {
  beforeAll(prepare);

  test.each<[string, Deliveries, number]>([
    ["everything that is dead", { filter: {} }, 4],
    ["those of an integration", { filter: { integration: "mailchimp" } }, 1],
    ["those of an error", { filter: { error: "is_archived", status: "dead" } }, 1],
    ["those of words of an error", { filter: { text: "IS_ARCH" } }, 1],
    ["those of an event", { filter: { text: "evt_1" } }, 2],
    ["those of a person", { filter: { text: "usr_1" } }, 1],
    ["those of nobody", { filter: { text: "nobody@lovelace.dev" } }, 0],
    ["those of another type", { filter: { eventType: "user.logged_in" } }, 0],
    ["those of a time that is over", { filter: { to: new Date("2026-01-01") } }, 0],
    ["of chosen ones the dead", keysOf("evt_1", "evt_3", "evt_none"), 1],
  ])("%s are counted before anything is sent", async (_name, deliveries, total) => {
    expect((await previewReplay(ctx, of(deliveries))).total).toBe(total);
  });

  test.each<[Deliveries, string, RegExp]>([
    [{ filter: { status: "delivered" } }, "INVALID", /what was delivered is not sent again/],
    [{ filter: { status: "retrying" } }, "INVALID", /still being tried/],
    [keysOf("evt_3"), "NOT_FOUND", /delivered already|None of these/],
    [{ filter: { text: "nobody@lovelace.dev" } }, "NOT_FOUND", /None of these deliveries is dead/],
    [{ keys: [], filter: {} }, "INVALID", /keys/],
  ])("%j is refused with the reason, and nothing is recorded", async (deliveries, code, message) => {
    await expect(startReplay(ctx, of(deliveries))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await ctx.db.replay.count()).toBe(0);
  });
});

describe("sending", () => {
  beforeEach(prepare);

  test("of selected deliveries only dead-lettered ones are sent, to their own integration alone", async () => {
    const replay = await startReplay(ctx, of(keysOf("evt_1", "evt_2", "evt_3")));
    expect(replay).toMatchObject({ title: "Dead ones of 3 chosen deliveries", integration: "slack" });
    await advance();
    expect(await receive("slack")).toEqual(["evt_1", "evt_2"]);
    expect(await receive("mailchimp")).toEqual([]);
  });

  test("all that a filter finds is sent", async () => {
    await startReplay(ctx, of({ filter: { error: "no_text", from: new Date(Date.now() - 60_000) } }));
    await advance();
    expect([await receive("slack"), await receive("mailchimp")]).toEqual([["evt_1", "evt_2"], ["evt_1"]]);
  });

  test("a replay's record names a person by id, whatever the search text was", async () => {
    await ctx.db.user.create({ data: { id: "usr_1", name: "Ada", email: "ada@lovelace.dev" } });
    const { id, selection } = await startReplay(ctx, of({ filter: { text: "Ada@lovelace.dev" } }));
    expect(selection).toMatchObject({ deliveries: { filter: { text: "usr_1" } } });
    const entries = await ctx.db.auditEntry.findMany({ where: { target: id } });
    expect(JSON.stringify(entries)).not.toContain("lovelace");
  });
});
