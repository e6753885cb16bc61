import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import type { Db } from "@eventfork/core/platform/db";
import { startReplay } from "@eventfork/core/replays";
import { saveRule, seedRules } from "@eventfork/core/rules";
import { admin } from "@eventfork/testing";
import { replayHands } from "@eventfork/testing/replaying";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCli, listExamples, main, quarantineEvent, splitShell } from "./testing/eventfork.ts";

let cli: Awaited<ReturnType<typeof createCli>>;
let db: Db;
const ctx = (): Ctx => ({ db, messaging: cli.messaging, actor: admin, log: silentLogger, now: () => new Date() });
const { createDeadLetters, deliver } = replayHands(ctx);

const folder = mkdtempSync(join(tmpdir(), "eventfork-examples-"));
const stage = "cli-examples";
const stageFile = new URL(`../../../.env.${stage}`, import.meta.url);
const ids: Record<string, string> = { evt: "evt_first", production: stage };
let answering: NodeJS.Timeout;

beforeAll(async () => {
  cli = await createCli();
  db = cli.db;
  const settings = Object.entries(cli.env).filter(([name]) => /^(AWS|DATABASE|EVENTFORK)_/.test(name));
  writeFileSync(stageFile, settings.map(([name, value]) => `${name}='${value}'\n`).join(""));
  writeFileSync(join(folder, "slack.json"), '{"type":["user.signed_up"]}');
  writeFileSync(join(folder, "cases.jsonl"), '{"policy":{"a":["x"]},"scope":"MessageBody","body":{"a":"x"}}\n');
  await seedRules(ctx());
  await saveRule(ctx(), { integration: "slack", policyText: '{"type":["user.logged_in"]}', expectedVersion: 1 });
  const [at, data] = [new Date(), { userId: "usr_1", email: "ada@example.com", name: "Ada", marketingConsent: true }];
  const event = { type: "user.signed_up", source: "web", time: at, recordedAt: at, publishedAt: at, data };
  await db.event.create({ data: { id: "evt_first", ...event } });
  await db.user.create({ data: { id: "usr_1", email: "ada@example.com", name: "Ada", emailVerified: true } });
  await createDeadLetters(["evt_first"]);
  await createDeadLetters(["evt_other"], "analytics");
  const [deadLetter] = await db.deadLetter.findMany({ where: { integration: "slack" } });
  ids["dlt"] = deadLetter?.id ?? "";
  ids["5d41402abc4b2a76"] = deadLetter?.fingerprint ?? "";
  const selection = { source: "dead_letters", filter: { integration: "analytics" } } as const;
  ids["rpl"] = (await startReplay(ctx(), { selection, perSecond: 1 })).id;
  answering = setInterval(() => void answer(), 100);
});

afterAll(() => {
  clearInterval(answering);
  rmSync(folder, { recursive: true });
  rmSync(stageFile);
});

async function answer(): Promise<void> {
  const sent = await db.replayItem.findMany({ where: { state: "sent", integration: "slack" } });
  await deliver(sent.map(({ eventId }) => eventId ?? ""));
  const result = { problem: null, facts: [], durationMs: 1 };
  await db.integrationCheck.updateMany({
    where: { answeredAt: null },
    data: { answeredAt: new Date(), isOk: true, result },
  });
}

const discardAll = () => db.deadLetter.updateMany({ where: { integration: "slack" }, data: { status: "discarded" } });

const before: Readonly<Record<string, () => Promise<unknown>>> = {
  "outbox retry": () => quarantineEvent(db, "evt_aside"),
  'outbox discard --reason "a broken import" --yes': () => quarantineEvent(db, "evt_given_up"),
  'dead-letters discard --integration slack --to 2026-11-01T00:00:00Z --reason "too old to matter" --yes': async () => {
    await createDeadLetters(["evt_old"]);
    await db.deadLetter.updateMany({ where: { eventId: "evt_old" }, data: { archivedAt: new Date(0) } });
  },
  "dead-letters restore dlt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W": discardAll,
  "dead-letters restore --integration slack --from 2026-11-24T10:00:00Z": discardAll,
  "integrations removable mailchimp --archive": () =>
    cli.messaging.sqs.send(new PurgeQueueCommand({ QueueUrl: cli.messaging.queues.mailchimp.url })),
};

const examples = listExamples();

test("nothing is prepared for an example that the help does not show", () => {
  expect(Object.keys(before).filter((example) => !examples.includes(example))).toEqual([]);
});

test.each(examples)("the example %s runs", { timeout: 60_000 }, async (example) => {
  await before[example]?.();
  const given = example
    .replaceAll(/\b(evt|dlt|rpl)_01KB2M8Z6Y3N4P5Q6R7S8T9V0W\b/g, (_, prefix) => ids[prefix] ?? "")
    .replaceAll(/\b(?:5d41402abc4b2a76|production)\b/g, (word) => ids[word] ?? "")
    .replaceAll(/@(?=\w+\.json)/g, `@${folder}/`);
  const { code, stderr } = await (/[<>]|--stage/.test(given) ? runInShell(given) : cli.eventfork(splitShell(given)));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

async function runInShell(given: string) {
  const shell = promisify(execFile)("sh", ["-c", `"${process.execPath}" "${main}" ${given}`], {
    cwd: folder,
    env: cli.env,
  });
  return shell.then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }) => ({ code, stderr }),
  );
}
