import { deliverOptions, errorOf, exampleSignUps } from "@eventfork/testing/example-events";
import { type HttpRecorder, type RecorderAnswer, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { slack } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const firstAttemptAt = new Date("2026-11-23T10:00:02.000Z");

const messageWith = (...ids: string[]) => ({
  type: "message",
  ts: "1795428001.000100",
  metadata: { event_type: "eventfork_events", event_payload: { event_ids: ids } },
});

async function deliverTwo(history: RecorderAnswer, env: Record<string, string> = {}) {
  server.answerWith(({ path }) =>
    path.includes("conversations.history") ? history : { body: { ok: true, ts: "1795428005.000100" } },
  );
  const settings = { SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "C1", SLACK_API_URL: `${server.url}/api` };
  const options = { ...deliverOptions(), possiblyDelivered: new Map([["evt_1", firstAttemptAt]]) };
  const outcomes = await slack.connect({ ...settings, ...env }).deliver(exampleSignUps(2), options);
  const posts = server.requests.filter(({ path }) => path.endsWith("chat.postMessage"));
  const postedIds = posts.flatMap(({ body }) => {
    const metadata = JSON.parse(new URLSearchParams(body).get("metadata") ?? "{}");
    return metadata.event_payload.event_ids;
  });
  return { outcomes, postedIds, histories: server.requests.length - posts.length };
}

test("an event that the channel already has is not posted again; the others of the batch are", async () => {
  const messages = [
    { type: "message", ts: "1795428002.000100", text: "a person's own" },
    messageWith("evt_0", "evt_1"),
  ];
  const { outcomes, postedIds } = await deliverTwo({ body: { ok: true, messages } });
  expect(postedIds).toEqual(["evt_2"]);
  expect(outcomes).toEqual([
    { ok: true, response: "found posted 1795428001.000100" },
    { ok: true, response: "posted 1795428005.000100" },
  ]);
});

test("the channel is read from a minute before the first attempt, with the messages' metadata", async () => {
  await deliverTwo({ body: { ok: true, messages: [] } });
  const [request] = server.requests.filter(({ path }) => path.includes("conversations.history"));
  const query = new URLSearchParams(request?.body || request?.path.split("?")[1]);
  expect(Object.fromEntries(query)).toMatchObject({
    channel: "C1",
    oldest: "1795427942.000000",
    include_all_metadata: "true",
  });
});

test("an event that the channel does not have is posted", async () => {
  const { postedIds } = await deliverTwo({ body: { ok: true, messages: [messageWith("evt_7")] } });
  expect(postedIds).toEqual(["evt_1", "evt_2"]);
});

test.each([
  ["post", ["evt_1", "evt_2"]],
  ["skip", ["evt_2"]],
])(
  "a channel is read page by page, up to a thousand messages; for what is further back the operator's choice decides: %s",
  async (choice, expected) => {
    const body = { ok: true, messages: [], has_more: true, response_metadata: { next_cursor: "next" } };
    const { postedIds, histories } = await deliverTwo({ body }, { SLACK_WHEN_UNCERTAIN: choice });
    expect(histories).toBe(20);
    expect(postedIds).toEqual(expected);
  },
);

test("a found event is not posted again, even when the search stops early", async () => {
  const body = { ok: true, messages: [messageWith("evt_1")], response_metadata: { next_cursor: "next" } };
  const { postedIds } = await deliverTwo({ body }, { SLACK_WHEN_UNCERTAIN: "post" });
  expect(postedIds).toEqual(["evt_2"]);
});

test("a page of 50 messages with 90 people each can be read", async () => {
  const people = Array.from({ length: 90 }, (_, i) => `evt_${"x".repeat(26)}${i}`);
  const line = `*${"Ada Lovelace ".repeat(10)}* signed up · ada@lovelace.dev · <!date^1795428000^{date_short_pretty} {time}|when>`;
  const full = { ...messageWith(...people), text: line.repeat(90), blocks: [{ text: { text: line.repeat(90) } }] };
  const messages = Array.from({ length: 49 }, () => full);
  const { postedIds } = await deliverTwo({ body: { ok: true, messages: [...messages, messageWith("evt_1")] } });
  expect(postedIds).toEqual(["evt_2"]);
});

test.each([
  ["post", ["evt_1", "evt_2"]],
  ["skip", ["evt_2"]],
])("the setting decides where the token may not read the channel: %s", async (choice, expected) => {
  const history = { body: { ok: false, error: "missing_scope", needed: "channels:history" } };
  const { outcomes, postedIds } = await deliverTwo(history, { SLACK_WHEN_UNCERTAIN: choice });
  expect(postedIds).toEqual(expected);
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
});

test("nothing is posted while reading the channel fails otherwise, and the batch is retried", async () => {
  server.answerWith({ status: 503 });
  const options = { ...deliverOptions(), possiblyDelivered: new Map([["evt_1", firstAttemptAt]]) };
  const settings = { SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "C1", SLACK_API_URL: `${server.url}/api` };
  await expect(slack.connect(settings).deliver(exampleSignUps(2), options)).rejects.toMatchObject({
    name: "RetryableError",
    code: "http_503",
  });
  expect(server.requests.map(({ path }) => path.split("?")[0])).toEqual(["/api/conversations.history"]);
});

test("without a possibly delivered event the channel is not read", async () => {
  server.answerWith({ body: { ok: false, error: "internal_error" } });
  const settings = { SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "C1", SLACK_API_URL: `${server.url}/api` };
  const [outcome] = await slack.connect(settings).deliver(exampleSignUps(1), deliverOptions());
  expect(errorOf(outcome).code).toBe("internal_error");
  expect(server.requests.map(({ path }) => path)).toEqual(["/api/chat.postMessage"]);
});
