import { execFile, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDb, type Db } from "@eventfork/core/db";
import * as DeadLetters from "@eventfork/core/dead-letters";
import { eventTypes } from "@eventfork/core/events";
import { silentLogger } from "@eventfork/core/kernel";
import { buriedRecord, createTestDatabase, createTestMessaging } from "@eventfork/core/testing";
import { beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

let env: NodeJS.ProcessEnv;
let db: Db;

beforeAll(async () => {
  const [url, { topicArn, queues }] = await Promise.all([createTestDatabase(), createTestMessaging()]);
  db = createDb({ connections: 1, url });
  env = {
    ...process.env,
    DATABASE_URL: url,
    EVENTFORK_TOPIC_ARN: topicArn,
    EVENTFORK_QUEUES: JSON.stringify(queues),
    NODE_NO_WARNINGS: "1",
  };
});

type Result = { code: number; stdout: string; stderr: string };

async function eventfork(args: string[], overrides: NodeJS.ProcessEnv = {}): Promise<Result> {
  try {
    const answer = await promisify(execFile)(process.execPath, [main, ...args], { env: { ...env, ...overrides } });
    return { code: 0, ...answer };
  } catch (error) {
    return error as Result;
  }
}

test("emit records an event, publishes it and answers one JSON object", async () => {
  const { code, stdout } = await eventfork(["emit", "user.signed_up", "--data", JSON.stringify(data), "--json"]);
  expect(code).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({ events: [{ type: "user.signed_up" }], published: 1, failed: 0 });
  const row = await db.event.findUniqueOrThrow({ where: { id: answer.events[0].id } });
  expect(row).toMatchObject({ source: "cli", data, publishedAt: expect.any(Date) });
});

test("emit --count records that many, and --direct goes past the outbox", async () => {
  const before = await db.event.count();
  const many = await eventfork(["emit", "user.signed_up", "--data", JSON.stringify(data), "--count", "25", "--json"]);
  expect(JSON.parse(many.stdout).events).toHaveLength(25);
  expect(await db.event.count()).toBe(before + 25);
  const direct = await eventfork(["emit", "user.signed_up", "--data", JSON.stringify(data), "--direct", "--json"]);
  expect(JSON.parse(direct.stdout)).toMatchObject({ published: 1 });
  expect(await db.event.count()).toBe(before + 25);
});

test("events are found by a value, and one is shown with its story", async () => {
  const id = "evt_grace";
  const at = new Date();
  const row = {
    id,
    type: "user.signed_up",
    source: "web",
    time: at,
    recordedAt: at,
    publishedAt: new Date(at.getTime() + 50),
  };
  await db.event.create({ data: { ...row, data: { ...data, email: "grace@hopper.dev" } } });
  const [found, shown] = await Promise.all([
    eventfork(["events", "list", "--search", "email:grace@hopper.dev", "--json"]),
    eventfork(["events", "show", id]),
  ]);
  expect(JSON.parse(found.stdout)).toMatchObject({ events: [{ event: { id } }], next: null, isComplete: true });
  expect(shown.stdout).toMatch(/recorded[\s\S]*published/);
});

test("catalog names every event type with its fields, where neither a database nor a broker is", async () => {
  const nowhere = { DATABASE_URL: "", EVENTFORK_TOPIC_ARN: "", EVENTFORK_QUEUES: "", EVENTFORK_STATE_DIR: "/nowhere" };
  const { code, stdout } = await eventfork(["catalog", "--json"], nowhere);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).types.map(({ type }: { type: string }) => type)).toEqual([...eventTypes]);
  expect((await eventfork(["catalog"], nowhere)).stdout).toContain("marketingConsent");
});

test.each([
  ["an unknown type", ["emit", "user.flew", "--data", "{}"], /no event type "user\.flew"/],
  ["data that does not fit", ["emit", "user.signed_up", "--data", '{"email":"x"}'], /data\.email/],
  ["data that is no JSON", ["emit", "user.signed_up", "--data", "{"], /not JSON/],
  ["a count of zero", ["emit", "user.signed_up", "--data", JSON.stringify(data), "--count", "0"], /--count/],
  ["a search that cannot be read", ["events", "list", "--search", "plan:"], /no value after "plan:"/],
  ["an event that is not there", ["events", "show", "evt_none"], /No event evt_none is recorded/],
  ["an unknown integration", ["deliveries", "list", "--integration", "fax"], /integration: should be one of/],
  ["a pace of zero", ["dead-letters", "replay", "--all", "--rate", "0", "--yes"], /perSecond: should be 1 or more/],
  ["a replay of nobody knows what", ["dead-letters", "replay", "--yes"], /Say which/],
  ["a replay of nothing", ["dead-letters", "replay", "--all", "--yes"], /Nothing would be sent/],
  ["a time that is none", ["dead-letters", "list", "--from", "yesterday"], /from/],
  ["an unknown replay", ["replays", "cancel", "rpl_none"], /no replay rpl_none/],
  ["a stranger", ["users", "grant", "nobody@lovelace.dev", "--role", "admin"], /Nobody has signed up/],
  ["an unknown role", ["users", "grant", "nobody@lovelace.dev", "--role", "king"], /role: should be one of/],
])("%s is refused in words, with an exit code, and as JSON when asked", async (_, args, words) => {
  const before = await db.event.count();
  const forPeople = await eventfork(args);
  expect(forPeople).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(words) });
  const forPrograms = await eventfork([...args, "--json"]);
  expect(forPrograms.code).toBe(1);
  expect(JSON.parse(forPrograms.stdout).error.message).toMatch(words);
  expect(await db.event.count()).toBe(before);
});

test("status has every integration and the outbox", async () => {
  const { stdout } = await eventfork(["status", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    integrations: [{ name: "analytics" }, { name: "mailchimp" }, { name: "slack" }],
    outbox: { depth: 0 },
  });
  expect((await eventfork(["status"])).stdout).toMatch(/^integration +state +delivered/);
});

test("deliveries list has the deliveries and the cursor of the next page", async () => {
  const at = new Date();
  await db.delivery.createMany({
    data: Array.from({ length: 3 }, (_, i) => ({
      eventId: `evt_${i}`,
      integration: "slack",
      eventType: "user.signed_up",
      status: "delivered",
      firstAttemptAt: at,
      lastAttemptAt: at,
      updatedAt: at,
    })),
  });
  const first = JSON.parse((await eventfork(["deliveries", "list", "--limit", "2", "--json"])).stdout);
  expect(first.deliveries.map(({ eventId }: { eventId: string }) => eventId)).toEqual(["evt_2", "evt_1"]);
  const args = ["deliveries", "list", "--limit", "2", "--cursor", first.next, "--json"];
  const second = JSON.parse((await eventfork(args)).stdout);
  expect(second).toMatchObject({ deliveries: [{ eventId: "evt_0" }], next: null });
});

test("deliveries list says when the next try is due", async () => {
  const at = new Date();
  const nextAttemptAt = new Date(at.getTime() + 60_000);
  await db.delivery.create({
    data: {
      ...{ eventId: "evt_later", integration: "mailchimp", eventType: "user.signed_up", status: "retrying" },
      ...{ firstAttemptAt: at, lastAttemptAt: at, updatedAt: at, nextAttemptAt },
    },
  });
  const args = ["deliveries", "list", "--integration", "mailchimp"];
  expect((await eventfork(args)).stdout).toMatch(new RegExp(`next try[^]*retrying .*${nextAttemptAt.toISOString()}`));
  const { deliveries } = JSON.parse((await eventfork([...args, "--json"])).stdout);
  expect(deliveries[0].nextAttemptAt).toBe(nextAttemptAt.toISOString());
});

test("what is set aside in the outbox is in the status with its reason, and outbox retry publishes it", async () => {
  const at = new Date();
  await db.event.create({
    data: {
      ...{ id: "evt_aside", type: "user.signed_up", source: "cli", time: at, data, recordedAt: at },
      ...{ setAsideAt: at, publishError: "InvalidParameter: no" },
    },
  });
  expect((await eventfork(["status"])).stdout).toMatch(/outbox: 1 set aside.*InvalidParameter: no/);
  expect(JSON.parse((await eventfork(["status", "--json"])).stdout).outbox.setAside).toMatchObject({ count: 1 });
  const { stdout } = await eventfork(["outbox", "retry", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ retried: 1, published: 1, setAside: 0 });
  expect(await eventfork(["outbox", "retry"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/set aside/) });
});

test("rollups rebuild counts the figures again, and says what it put right", async () => {
  const wrong = await db.$executeRaw`UPDATE event_rollup SET count = count + 1 WHERE step = 'hour'`;
  const { stdout } = await eventfork(["rollups", "rebuild", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ hours: expect.any(Number), corrected: wrong });
  expect(wrong).toBeGreaterThan(0);
  expect((await eventfork(["rollups", "rebuild", "--since", "soon"])).stderr).toMatch(/since/);
});

test("outbox discard needs a reason, and ends the trouble", async () => {
  const at = new Date();
  const event = { id: "evt_given_up", type: "user.signed_up", source: "cli", time: at, data, recordedAt: at };
  await db.event.create({ data: { ...event, setAsideAt: at, publishError: "too large" } });
  expect(await eventfork(["outbox", "discard"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/--reason/) });
  const { stdout } = await eventfork(["outbox", "discard", "--reason", "a broken import", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ discarded: 1 });
  expect(JSON.parse((await eventfork(["status", "--json"])).stdout).outbox.setAside).toMatchObject({ count: 0 });
});

test("users grant gives a role", async () => {
  await db.user.create({ data: { id: "usr_ada", email: "ada@lovelace.dev", name: "Ada" } });
  const { stdout } = await eventfork(["users", "grant", "ada@lovelace.dev", "--role", "viewer", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ user: { email: "ada@lovelace.dev", role: "viewer" } });
  expect(await db.user.findUniqueOrThrow({ where: { id: "usr_ada" } })).toMatchObject({ role: "viewer" });
});

test("without a stack and without an environment it says how to have one", async () => {
  const nothing = { DATABASE_URL: "", EVENTFORK_STATE_DIR: "/nowhere" };
  expect(await eventfork(["status"], nothing)).toMatchObject({ code: 1, stderr: expect.stringMatching(/npm run dev/) });
});

test("rules set, history, rollback and show tell what was saved and what it changed", { timeout: 60_000 }, async () => {
  const policy = JSON.stringify({ type: ["user.logged_in"] });
  const set = await eventfork(["rules", "set", "slack", "--policy", policy, "--note", "a try", "--json"]);
  expect(JSON.parse(set.stdout)).toMatchObject({
    rule: { version: 2, note: "a try", state: "accepted", author: expect.stringMatching(/^system:cli/) },
  });
  const history = await eventfork(["rules", "history", "slack"]);
  expect(history.stdout).toMatch(/v2 .*a try .*was \["user\.signed_up"\], is \["user\.logged_in"\]/);
  const late = await eventfork(["rules", "set", "slack", "--policy", "{}", "--expect", "1"]);
  expect(late).toMatchObject({ code: 1, stderr: expect.stringMatching(/Nothing was overwritten/) });
  const back = await eventfork(["rules", "rollback", "slack", "--json"]);
  expect(JSON.parse(back.stdout)).toMatchObject({ rule: { version: 3, policy: { type: ["user.signed_up"] } } });
  expect((await eventfork(["rules", "show", "slack"])).stdout).toMatch(/slack v3: type is user\.signed_up/);
  const drift = await eventfork(["rules", "drift", "slack", "--json"]);
  expect(JSON.parse(drift.stdout)).toMatchObject({ isDrifted: false });
});

test("rules test says what a draft would gain and lose, and judges one event", { timeout: 60_000 }, async () => {
  const policy = JSON.stringify({ type: ["user.flew"] });
  const dry = JSON.parse((await eventfork(["rules", "test", "slack", "--policy", policy, "--json"])).stdout);
  expect(dry).toMatchObject({ isDone: true, gained: 0, lost: dry.current, draft: 0 });
  const event = JSON.stringify({ type: "user.flew" });
  const one = JSON.parse(
    (await eventfork(["rules", "test", "slack", "--policy", policy, "--event", event, "--json"])).stdout,
  );
  expect(one).toMatchObject({ current: { isWanted: false }, draft: { isWanted: true } });
});

test("rules replay-filtered counts, and sends nothing unless told to", async () => {
  const { stdout } = await eventfork(["rules", "replay-filtered", "slack", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ integration: "slack", sent: 0 });
});

test("rules test answers a line for each line, without a database and a network", async () => {
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

test("a database that cannot be reached is named by its setting", async () => {
  const { code, stderr } = await eventfork(["status"], { DATABASE_URL: "postgresql://u:hunter2@127.0.0.1:9/x" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/The database that DATABASE_URL names cannot be reached: .*ECONNREFUSED/);
  expect(stderr).not.toContain("hunter2");
});

test("dead letters are listed by cause, replayed after a preview, discarded, restored and exported", async () => {
  const ctx = { db, log: silentLogger, now: () => new Date(), integration: "slack" as const };
  const ids = ["evt_dead_1", "evt_dead_2", "evt_dead_3"];
  await DeadLetters.archive(
    ctx,
    ids.map((id) => buriedRecord({ id, code: "not_in_channel" })),
  );
  const ask = async (...args: string[]) => JSON.parse((await eventfork([...args, "--json"])).stdout);
  const { groups } = await ask("dead-letters", "groups");
  expect(groups).toMatchObject([{ open: 3, advice: { text: expect.stringContaining("invite it") } }]);
  const { deadLetters } = await ask("dead-letters", "list", "--group", groups[0].fingerprint, "--text", "lovelace");
  expect(deadLetters).toHaveLength(3);
  const { deadLetter } = await ask("dead-letters", "show", deadLetters[0].id);
  expect(deadLetter.body).not.toContain("lovelace");
  expect((await ask("dead-letters", "show", deadLetters[0].id, "--reveal")).deadLetter.body).toContain("lovelace");
  expect(await ask("dead-letters", "discard", deadLetters[0].id, "--reason", "a test")).toEqual({ discarded: 1 });
  expect(await ask("dead-letters", "restore", deadLetters[0].id)).toEqual({ restored: 1 });
  const exported = await eventfork(["dead-letters", "export", "--integration", "slack"]);
  expect(exported.stdout.trim().split("\n")).toHaveLength(3);
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

test("integrations pause, list and resume say how each stands; a paused one is not tested", {
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

test("integrations test fails when no consumer answers, and says so", async () => {
  const { code, stderr } = await eventfork(["integrations", "test", "mailchimp", "--wait", "0"]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/mailchimp's consumer has not answered within 0 s/)]);
});

test("deliveries list is narrowed as the screen is", async () => {
  const { stdout } = await eventfork(["deliveries", "list", "--type", "order.paid", "--text", "evt_later", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ deliveries: [], next: null, looked: null });
  const wrong = await eventfork(["deliveries", "list", "--sort", "colour"]);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/sort/)]);
});
