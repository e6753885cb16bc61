import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import * as DeadLetters from "@eventfork/core/dead-letters";
import { getUnfinishedWork } from "@eventfork/core/overview";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import type { Messaging } from "@eventfork/core/platform/aws";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import * as Replays from "@eventfork/core/replays";
import { admin, deadLetterRecord, eventBody } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { createCli } from "./testing/eventfork.ts";

let cli: Awaited<ReturnType<typeof createCli>>;
let messaging: Messaging;
const ctx = (): Ctx => ({ db: cli.db, messaging, actor: admin, log: silentLogger, now: () => new Date() });
const removable = (...args: string[]) => cli.eventfork(["integrations", "removable", ...args]);

beforeAll(async () => {
  cli = await createCli();
  messaging = createMessaging(cli.env);
});

const send = (QueueUrl: string, id: string) =>
  messaging.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: eventBody(id) }));

test("for an integration that is off, the queues are reported as unknown", async () => {
  const { code, stdout } = await removable("loops");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/loops can be removed: queue 0.*It is off here/)]);
});

test("an integration cannot be removed while a message is left anywhere, and archived messages become dead letters", {
  timeout: 60_000,
}, async () => {
  const { url, deadLetterUrl } = messaging.queues.slack;
  await send(url, "evt_in_flight");
  const { Messages: [held] = [] } = await messaging.sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  await Promise.all([send(url, "evt_waiting"), send(url, "evt_waiting_too"), send(deadLetterUrl, "evt_in_dlq")]);
  await DeadLetters.archive({ ...ctx(), integration: "slack" }, [deadLetterRecord({ id: "evt_open" })]);
  const selection = { source: "dead_letters", filter: { integration: "slack" } } as const;
  const replay = await Replays.startReplay(ctx(), { selection });

  const full = await removable("slack");
  expect(full).toMatchObject({ code: 1, stdout: "" });
  expect(full.stderr).toContain("queue 2, in flight 1, DLQ 1, open dead letters 1, running replays 1");
  expect(full.stderr).toMatch(/queue: .*--archive.*next attempt.*DLQ: .*discard them.*cancel them/s);

  await Replays.cancelReplay(ctx(), { id: replay.id });
  const { error } = JSON.parse((await removable("slack", "--archive", "--json")).stdout);
  expect(error.problems.map(({ path }: { path: string }) => path)).toEqual(["in flight", "open dead letters"]);
  const archived = { integration: "slack", errorCode: "integration_removed", status: "open" };
  const rows = await cli.db.deadLetter.findMany({ where: archived, orderBy: { eventId: "asc" } });
  expect(rows.map(({ eventId }) => eventId)).toEqual(["evt_waiting", "evt_waiting_too"]);

  await messaging.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: held?.ReceiptHandle }));
  await DeadLetters.discardDeadLetters(ctx(), { filter: { integration: "slack" }, reason: "it goes" });
  const nothing = { integration: "slack", queue: { waiting: 0, inFlight: 0, dead: 0 } };
  expect(JSON.parse((await removable("slack", "--json")).stdout)).toMatchObject(nothing);
});

test("a running replay blocks the removal only of integrations that it still sends to", async () => {
  for (const integration of ["slack", "mailchimp"] as const) {
    await DeadLetters.archive({ ...ctx(), integration }, [deadLetterRecord({ id: `evt_${integration}` })]);
  }
  const countReplays = async (integration: "analytics" | "mailchimp") =>
    (await getUnfinishedWork(ctx(), { integration })).runningReplays;
  await Replays.startReplay(ctx(), { selection: { source: "dead_letters", filter: {} } });
  expect(await countReplays("analytics"), "what it will send is not known yet").toBe(1);
  await Replays.advanceReplays(ctx(), { untilMs: 1_000 });
  expect(await countReplays("analytics")).toBe(0);
  expect(await countReplays("mailchimp")).toBe(1);
});

test("a queue that does not respond does not count as empty", async () => {
  const gone = { ...messaging.queues.slack, url: `${messaging.queues.slack.url}-gone` };
  const messagingWithout = { ...messaging, queues: { ...messaging.queues, slack: gone } };
  const counting = getUnfinishedWork({ db: cli.db, messaging: messagingWithout }, { integration: "slack" });
  await expect(counting).rejects.toThrow(/queues of Slack do not answer.*Try again/);
});
