import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { UnsubscribeCommand } from "@aws-sdk/client-sns";
import * as DeadLetters from "@eventfork/core/dead-letters";
import { checkResources } from "@eventfork/core/integrations";
import { silentLogger } from "@eventfork/core/platform";
import type { Db } from "@eventfork/core/platform/db";
import { integrations } from "@eventfork/core/topology";
import { deadLetterRecord } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { createCli, main } from "./testing/eventfork.ts";

let cli: Awaited<ReturnType<typeof createCli>>;
let db: Db;
const eventfork = (...args: Parameters<typeof cli.eventfork>) => cli.eventfork(...args);

beforeAll(async () => {
  cli = await createCli();
  db = cli.db;
});

test("rules set, history, rollback and show report the saved version and its changes", {
  timeout: 60_000,
}, async () => {
  const policy = JSON.stringify({ type: ["user.logged_in"] });
  const set = await eventfork(["rules", "set", "slack", "--policy", policy, "--note", "a try", "--json"]);
  expect(JSON.parse(set.stdout)).toMatchObject({
    rule: { version: 2, note: "a try", state: "accepted", author: expect.stringMatching(/^system:cli/) },
  });
  const history = await eventfork(["rules", "history", "slack"]);
  expect(history.stdout).toMatch(/v2 .*a try .*was \[.*"user\.signed_up".*\], is \["user\.logged_in"\]/);
  const late = await eventfork(["rules", "set", "slack", "--policy", "{}", "--expect", "1"]);
  expect(late).toMatchObject({ code: 1, stderr: expect.stringMatching(/Nothing was overwritten/) });
  const back = await eventfork(["rules", "rollback", "slack", "--json"]);
  expect(JSON.parse(back.stdout)).toMatchObject({ rule: { version: 3, policy: integrations.slack.rule } });
  expect((await eventfork(["rules", "show", "slack"])).stdout).toMatch(/slack v3: type is .*user\.signed_up/);
  const drift = await eventfork(["rules", "drift", "slack", "--json"]);
  expect(JSON.parse(drift.stdout)).toMatchObject({ isDrifted: false });
});

test("rules test previews a draft's impact and matches one event", { timeout: 60_000 }, async () => {
  const policy = JSON.stringify({ type: ["user.flew"] });
  const dry = JSON.parse((await eventfork(["rules", "test", "slack", "--policy", policy, "--json"])).stdout);
  expect(dry).toMatchObject({ isDone: true, gained: 0, lost: dry.current, draft: 0 });
  const event = JSON.stringify({ type: "user.flew" });
  const one = JSON.parse(
    (await eventfork(["rules", "test", "slack", "--policy", policy, "--event", event, "--json"])).stdout,
  );
  expect(one).toMatchObject({ current: { isWanted: false }, draft: { isWanted: true } });
});

test("with EventBridge as the fan-out, commands name it", { timeout: 60_000 }, async () => {
  const bus = {
    EVENTFORK_TOPIC_ARN: "arn:aws:events:us-east-1:000000000000:event-bus/events",
    AWS_ENDPOINT_URL_EVENTBRIDGE: "http://127.0.0.1:9",
    AWS_MAX_ATTEMPTS: "1",
  };
  const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
  const emitted = await eventfork(["emit", "user.signed_up", "--data", JSON.stringify(person)], bus);
  expect(emitted).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/The EventBridge bus did not accept them yet/),
  });
  const shown = await eventfork(["rules", "show", "analytics"], bus);
  expect(shown.stdout).toMatch(/^accepted by the EventBridge bus 20/m);
  const reapplied = await eventfork(["rules", "drift", "analytics", "--reapply"], bus);
  expect(reapplied).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/The EventBridge bus did not accept analytics's rule/),
  });
  const draft = ["rules", "test", "analytics", "--policy", '{"data":{"coupon":[{"exists":true}]}}'];
  const refused = await eventfork(draft, bus);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/data\.coupon\[0\]\.exists/) });
  expect(await eventfork(draft)).toMatchObject({ code: 0 });
});

test("status shows a missing subscription, and rules restore creates it again", { timeout: 60_000 }, async () => {
  const SubscriptionArn = (await cli.messaging.fanOut.readFilter("slack")).subscription;
  await cli.messaging.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  await checkResources({ db, messaging: cli.messaging, now: () => new Date(), log: silentLogger });
  expect((await eventfork(["status"])).stdout).toMatch(
    /^slack: Slack's SNS subscription is missing.*rules restore slack/m,
  );
  expect(JSON.parse((await eventfork(["status", "--json"])).stdout).missing).toMatchObject([
    { integration: "slack", resource: "subscription", isRestorable: true },
  ]);
  const restored = await eventfork(["rules", "restore", "slack"]);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/slack's queue is subscribed/) });
  expect((await eventfork(["status"])).stdout).not.toMatch(/missing/);
});

test("rules replay-filtered counts, and sends nothing without --yes", async () => {
  const { stdout } = await eventfork(["rules", "replay-filtered", "slack", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ integration: "slack", scanned: 0, looked: 0, sent: 0 });
});

test("rules test prints a line for each line of input, without a database and a network", async () => {
  const child = spawn(process.execPath, [main, "rules", "test"], {
    env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" },
  });
  const policy = { a: ["x"] };
  const lines = [
    { policy, body: { a: "x" } },
    { policy, body: { a: "y" } },
    { policy: { a: [] }, body: {} },
  ];
  child.stdin.end(lines.map((line) => `${JSON.stringify({ scope: "MessageBody", ...line })}\n`).join(""));
  const answers = (await text(child.stdout))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers).toEqual([
    { match: true },
    { match: false, because: [expect.objectContaining({ path: "a", expected: "is x", actual: '"y"' })] },
    { invalid: expect.stringContaining("a: The list is empty") },
  ]);
});

test("dead letters are listed by failure group, replayed after a preview, discarded, restored and exported", async () => {
  const ctx = { db, log: silentLogger, now: () => new Date(), integration: "slack" as const };
  const ids = ["evt_dead_1", "evt_dead_2", "evt_dead_3"];
  await DeadLetters.archive(
    ctx,
    ids.map((id) => deadLetterRecord({ id, code: "not_in_channel" })),
  );
  const ask = async (...args: string[]) => JSON.parse((await eventfork([...args, "--json"])).stdout);
  const { groups } = await ask("dead-letters", "groups");
  expect(groups).toMatchObject([{ open: 3, advice: { text: expect.stringContaining("invite it") } }]);
  const { deadLetters } = await ask("dead-letters", "list", "--group", groups[0].fingerprint, "--text", "lovelace");
  expect(deadLetters).toMatchObject(Array(3).fill({ deadLetterCount: 1, deaths: 1 }));
  const { deadLetter } = await ask("dead-letters", "show", deadLetters[0].id);
  expect(deadLetter).toMatchObject({ body: expect.not.stringContaining("lovelace"), deadLetterCount: 1, deaths: 1 });
  expect((await ask("dead-letters", "show", deadLetters[0].id, "--reveal")).deadLetter.body).toContain("lovelace");
  expect(await ask("dead-letters", "discard", deadLetters[0].id, "--reason", "a test")).toEqual({ discarded: 1 });
  expect(await ask("dead-letters", "restore", deadLetters[0].id)).toEqual({ restored: 1 });
  const exported = await eventfork(["dead-letters", "export", "--integration", "slack"]);
  const lines = exported.stdout.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject(Array(3).fill({ deadLetterCount: 1, deaths: 1 }));
  expect(await ask("dead-letters", "replay", "--all")).toMatchObject({ preview: { total: 3 } });
  expect(await db.replay.count()).toBe(0);
  const { replay } = await ask("dead-letters", "replay", "--all", "--rate", "1", "--yes");
  expect(replay).toMatchObject({ figures: { total: 3 }, perSecond: 1 });
  expect((await ask("replays", "pause", replay.id)).replay.state).toBe("paused");
  expect((await ask("replays", "resume", replay.id)).replay.state).toBe("running");
  expect((await ask("replays", "cancel", replay.id)).replay.state).toBe("cancelled");
  expect((await ask("replays", "list")).replays).toMatchObject([{ id: replay.id }]);
  expect((await eventfork(["replays", "show", replay.id])).stdout).toMatch(/Cancelled by/);
  expect(await ask("dead-letters", "recount")).toEqual({ groups: 1 });
}, 60_000);

test("integrations pause, list and resume show each status; a paused integration is not tested", {
  timeout: 60_000,
}, async () => {
  const pause = await eventfork(["integrations", "pause", "slack", "--reason", "moving", "--json"]);
  expect(JSON.parse(pause.stdout)).toEqual({ integration: "slack", isPaused: true });
  expect((await eventfork(["integrations", "list"])).stdout).toMatch(/slack +paused: moving +\? +never/);
  const refused = await eventfork(["integrations", "test", "slack", "--json"]);
  expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([1, { error: { code: "CONFLICT" } }]);
  await eventfork(["integrations", "resume", "slack"]);
  const { integrations } = JSON.parse((await eventfork(["integrations", "list", "--json"])).stdout);
  expect(integrations).toMatchObject([{ name: "analytics" }, { name: "mailchimp" }, { name: "slack", pausedAt: null }]);
});

test("integrations test fails with an error when no consumer responds", async () => {
  const { code, stderr } = await eventfork(["integrations", "test", "mailchimp", "--wait", "0"]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/mailchimp's consumer has not answered within 0 s/)]);
});
