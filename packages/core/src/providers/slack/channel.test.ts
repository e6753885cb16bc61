import { deliverOptions, exampleSignUps } from "@eventfork/testing/example-events";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { slack } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const posted = {
  type: "message",
  ts: "1795428001.000100",
  metadata: { event_type: "eventfork_events", event_payload: { event_ids: ["evt_1"] } },
};

test("a channel's name is resolved once, and posted to and read by its id, also after a lost response", async () => {
  server.answerWith(({ path }) => {
    if (path.includes("conversations.list")) return { body: { ok: true, channels: [{ id: "C7", name: "sign-ups" }] } };
    if (path.includes("conversations.history")) return { body: { ok: true, messages: [posted] } };
    return { body: { ok: true, ts: "1795428005.000100" } };
  });
  const settings = { SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "sign-ups", SLACK_API_URL: `${server.url}/api` };
  const connection = slack.connect(settings);
  const options = {
    ...deliverOptions(),
    possiblyDelivered: new Map([["evt_1", new Date("2026-11-23T10:00:02.000Z")]]),
  };
  for (let i = 0; i < 2; i += 1) {
    expect((await connection.deliver(exampleSignUps(2), options)).map(({ ok }) => ok)).toEqual([true, true]);
  }
  expect(server.requests.filter(({ path }) => path.includes("conversations.list"))).toHaveLength(1);
  const others = server.requests.filter(({ path }) => !path.includes("conversations.list"));
  const channels = others.map(({ path, body }) => new URLSearchParams(body || path.split("?")[1]).get("channel"));
  expect(channels).toEqual(["C7", "C7", "C7", "C7"]);
});

test.each([
  ["no such channel", { ok: true, channels: [] }],
  ["a token that may not look names up", { ok: false, error: "missing_scope" }],
])("a name that cannot be resolved (%s) is refused before anything is posted", async (_, body) => {
  server.answerWith(() => ({ body }));
  const settings = { SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "sign-ups", SLACK_API_URL: `${server.url}/api` };
  const delivering = slack.connect(settings).deliver(exampleSignUps(1), deliverOptions());
  await expect(delivering).rejects.toMatchObject({ name: "CredentialsError", code: "channel_name" });
  expect(server.requests.map(({ path }) => path.split("?")[0])).toEqual(["/api/conversations.list"]);
});
