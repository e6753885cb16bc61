import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx } from "@eventfork/testing";
import { deadLetterRecord, eventBody } from "@eventfork/testing/dead-letter-records";
import { everything, numberedIds as ids, replayHands } from "@eventfork/testing/replaying";
import { beforeEach, describe, expect, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import type { Ctx } from "../../platform/index.ts";
import { cancelReplay, checkEdit, editAndReplay, pauseReplay, previewReplay, startReplay } from "../index.ts";

let ctx: Ctx;
const { advance, createDeadLetters, receive } = replayHands(() => ctx);

beforeEach(async () => {
  ctx = await createTestCtx();
});

describe("an impossible replay is refused with the reason, and nothing is changed", () => {
  const start = (input: unknown) => startReplay(ctx, input as Parameters<typeof startReplay>[1]);

  test.each<[string, unknown, string, RegExp]>([
    ["a pace of zero", { selection: everything, perSecond: 0 }, "INVALID", /perSecond: should be 1 or more/],
    ["a negative pace", { selection: everything, perSecond: -5 }, "INVALID", /perSecond/],
    ["no ids", { selection: { source: "dead_letters", ids: [] } }, "INVALID", /ids: should name one or more/],
    [
      "ids and a filter",
      { selection: { source: "dead_letters", ids: ["a"], filter: {} } },
      "INVALID",
      /either ids or a filter/,
    ],
    ["neither", { selection: { source: "dead_letters" } }, "INVALID", /either ids or a filter/],
    [
      "a misspelt filter",
      { selection: { source: "dead_letters", filter: { integraton: "slack" } } },
      "INVALID",
      /integraton/,
    ],
    [
      "a time that is none",
      { selection: { source: "dead_letters", filter: { from: "yesterday" } } },
      "INVALID",
      /filter.from/,
    ],
    [
      "a text of two letters",
      { selection: { source: "dead_letters", filter: { text: "ab" } } },
      "INVALID",
      /3 characters/,
    ],
    [
      "an unknown integration",
      { selection: { source: "dead_letters", filter: { integration: "pigeon" } } },
      "INVALID",
      /should be one of analytics/,
    ],
    [
      "discarded ones",
      { selection: { source: "dead_letters", filter: { status: "discarded" } } },
      "INVALID",
      /Restore/,
    ],
    [
      "what retention has dropped",
      { selection: { source: "dead_letters", ids: ["dlt_gone"] } },
      "NOT_FOUND",
      /no more/,
    ],
    [
      "nothing",
      { selection: { source: "dead_letters", filter: { eventType: "user.left" } } },
      "NOT_FOUND",
      /Nothing was replayed/,
    ],
    ["no policy", { selection: { source: "backfill", integration: "slack", policyText: "{" } }, "INVALID", /not JSON/],
    ["nothing overdue", { selection: { source: "overdue", integration: "slack" } }, "NOT_FOUND", /Nothing is overdue/],
  ])("%s", async (_, input, code, message) => {
    await createDeadLetters(ids(2));
    await expect(start(input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await ctx.db.replay.count()).toBe(0);
    expect(await DeadLetters.countOpen(ctx)).toBe(2);
  });

  test("dead letters of an integration that was removed", async () => {
    await createDeadLetters(ids(2));
    await ctx.db.deadLetter.updateMany({ data: { integration: "pigeon" } });
    const deadLetters = await ctx.db.deadLetter.findMany();
    const selection = { source: "dead_letters", ids: deadLetters.map(({ id }) => id) } as const;
    await expect(start({ selection })).rejects.toThrow(/2 belong to an integration that was removed/);
    expect(await previewReplay(ctx, { selection })).toMatchObject({ total: 0, removed: 2 });
  });

  test("a body that is no event, until it is edited", async () => {
    await DeadLetters.archive({ ...ctx, integration: "slack" }, [deadLetterRecord({ id: "evt_1", body: "hello" })]);
    const [deadLetter] = await ctx.db.deadLetter.findMany();
    const selection = { source: "dead_letters", ids: [deadLetter?.id ?? ""] } as const;
    await expect(start({ selection })).rejects.toThrow(/1 are no events: edit them/);
    await editAndReplay(ctx, { id: deadLetter?.id ?? "", body: eventBody("evt_new") });
    await advance();
    expect(await receive("slack")).toEqual(["evt_new"]);
  });

  test("a replay that has ended is neither paused nor cancelled", async () => {
    await createDeadLetters(ids(1));
    const { id } = await startReplay(ctx, { selection: everything });
    await cancelReplay(ctx, { id });
    await expect(cancelReplay(ctx, { id })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(pauseReplay(ctx, { id })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(pauseReplay(ctx, { id: "rpl_none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("an edited payload", () => {
  const edited = (data: object) => JSON.stringify({ ...JSON.parse(eventBody("evt_0000", "usr_0")), data });
  const good = { userId: "usr_0", email: "right@lovelace.dev", name: "Ada", marketingConsent: false };

  test("that the catalog refuses is reported with its fields, and nothing is changed", async () => {
    await createDeadLetters(ids(1));
    const [deadLetter] = await ctx.db.deadLetter.findMany();
    const edit = (body: string) => editAndReplay(ctx, { id: deadLetter?.id ?? "", body });
    await expect(edit(edited({ ...good, email: "no address" }))).rejects.toMatchObject({
      code: "INVALID",
      problems: [{ path: "data.email" }],
    });
    await expect(edit("{")).rejects.toThrow(/not JSON/);
    await expect(edit(eventBody("evt_other"))).rejects.toMatchObject({ problems: [{ path: "id" }] });
    expect(await ctx.db.deadLetter.findMany()).toEqual([deadLetter]);
    expect(await ctx.db.replay.count()).toBe(0);
  });

  test("is sent instead of the original, which is kept, even after another dead-lettering; the change is audited", async () => {
    await createDeadLetters(ids(1));
    const [deadLetter] = await ctx.db.deadLetter.findMany();
    const id = deadLetter?.id ?? "";
    expect((await checkEdit(ctx, { id, body: edited(good) })).changes).toMatchObject([
      { path: "data.email", after: "right@lovelace.dev" },
      { path: "data.name", before: "Ada Lovelace", after: "Ada" },
    ]);
    await editAndReplay(ctx, { id, body: edited(good) });
    await advance();
    const { Messages = [] } = await ctx.messaging.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues.slack.url }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? "")).toMatchObject({ id: "evt_0000", data: good });
    const body = Messages[0]?.Body ?? "";
    await DeadLetters.archive({ ...ctx, integration: "slack" }, [deadLetterRecord({ id: "evt_0000", body })]);
    expect(await DeadLetters.revealDeadLetter(ctx, { id })).toMatchObject({ body: deadLetter?.body, editedBody: body });
    const entry = await ctx.db.auditEntry.findFirst({ where: { action: "dead_letter.edited", target: id } });
    expect(JSON.stringify(entry?.after)).toContain("data.email");
  });
});
