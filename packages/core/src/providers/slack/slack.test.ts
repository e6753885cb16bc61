import {
  deliverOptions,
  errorOf,
  everythingIn,
  exampleSignUp,
  exampleSignUps,
} from "@eventfork/testing/example-events";
import { type HttpRecorder, type RecordedRequest, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { integrations } from "../../topology/index.ts";
import type { ErrorTable } from "../framework/errors.ts";
import { slackErrors } from "./errors.ts";
import { slack } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const posted = { body: { ok: true, channel: "C1", ts: "1795428005.000100" } };
const connect = () =>
  slack.connect({ SLACK_BOT_TOKEN: "xoxb-secret", SLACK_CHANNEL: "C1", SLACK_API_URL: `${server.url}/api` });
const formOf = (request?: RecordedRequest) => Object.fromEntries(new URLSearchParams(request?.body));
type Block = { elements: { elements: { text?: string; fallback?: string }[] }[] };
const blocksOf = (request?: RecordedRequest): Block[] => JSON.parse(formOf(request).blocks ?? "[]");
const textsOf = (request?: RecordedRequest): string[] =>
  blocksOf(request).map(({ elements: [section] }) =>
    (section?.elements ?? []).map(({ text, fallback = "" }) => text ?? `<${fallback}>`).join(""),
  );
const linesOf = (request?: RecordedRequest): string[] => textsOf(request).flatMap((text) => text.split("\n"));

describe("requests", () => {
  test("a person is one line, with the text for notifications, the event's id and no previews of links", async () => {
    server.answerWith(posted);
    const outcomes = await connect().deliver([exampleSignUp(1)], deliverOptions());
    expect(outcomes).toEqual([{ ok: true, response: "posted 1795428005.000100" }]);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      path: "/api/chat.postMessage",
      headers: { authorization: "Bearer xoxb-secret", "content-type": "application/x-www-form-urlencoded" },
    });
    const { blocks, metadata, ...form } = formOf(server.requests[0]);
    expect(form).toEqual({
      channel: "C1",
      text: "Ada Lovelace (ada1@lovelace.dev) signed up",
      mrkdwn: "false",
      unfurl_links: "false",
      unfurl_media: "false",
    });
    const format = "{date_short_pretty} {time}";
    const elements = [
      { type: "text", text: "Ada Lovelace", style: { bold: true } },
      { type: "text", text: " signed up · ada1@lovelace.dev · " },
      { type: "date", timestamp: 1_795_428_000, format, fallback: "2026-11-23 10:00 UTC" },
    ];
    expect(JSON.parse(blocks ?? "")).toEqual([
      { type: "rich_text", elements: [{ type: "rich_text_section", elements }] },
    ]);
    expect(JSON.parse(metadata ?? "")).toEqual({
      event_type: "eventfork_events",
      event_payload: { event_ids: ["evt_1"] },
    });
  });

  test("a full batch is one call with a line for each person, within Slack's limits", async () => {
    server.answerWith(posted);
    const outcomes = await connect().deliver(exampleSignUps(integrations.slack.batch.size), deliverOptions());
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(server.requests).toHaveLength(1);
    const { text = "", metadata = "" } = formOf(server.requests[0]);
    expect(linesOf(server.requests[0])).toHaveLength(integrations.slack.batch.size);
    expect(text.split("\n").length).toBeGreaterThan(50);
    expect(text.length).toBeLessThanOrEqual(4_000);
    for (const block of textsOf(server.requests[0])) expect(block.length).toBeLessThanOrEqual(3_000);
    expect(JSON.parse(metadata).event_payload.event_ids).toHaveLength(integrations.slack.batch.size);
  });

  test("a batch too long for one message is posted as several, with every event", async () => {
    server.answerWith(posted);
    const events = Array.from({ length: 60 }, (_, index) => exampleSignUp(index, { name: "&".repeat(5_000) }));
    const outcomes = await connect().deliver(events, deliverOptions());
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(server.requests.flatMap(linesOf)).toHaveLength(60);
    for (const request of server.requests) {
      const { text = "" } = formOf(request);
      const lengths = textsOf(request).map((block) => block.length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(3_000);
      expect(lengths.length).toBeLessThanOrEqual(50);
      expect(lengths.reduce((sum: number, length: number) => sum + length, 0)).toBeLessThanOrEqual(12_000);
      expect(text.length).toBeLessThanOrEqual(4_000);
    }
  });

  test.each(["می‌نا", "ශ්‍රී", "👨‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])("the name %s is unchanged", async (name) => {
    server.answerWith(posted);
    await connect().deliver([exampleSignUp(1, { name })], deliverOptions());
    expect(linesOf(server.requests[0])[0]).toMatch(new RegExp(`^${name} signed up`, "u"));
  });

  test("a person's input can neither notify the channel nor imitate another line", async () => {
    server.answerWith(posted);
    const name = "<!channel>\n• *Admin* `x` _y_ ~z~\u202e & <@U1>\u2028";
    await connect().deliver([exampleSignUp(1, { name, email: "<!here>@x.dev" })], deliverOptions());
    const { text, mrkdwn } = formOf(server.requests[0]);
    const escaped = "&lt;!channel&gt; • *Admin* `x` _y_ ~z~ &amp; &lt;@U1&gt;";
    expect({ text, mrkdwn }).toEqual({ text: `${escaped} (&lt;!here&gt;@x.dev) signed up`, mrkdwn: "false" });
    expect(linesOf(server.requests[0])).toEqual([
      "<!channel> • *Admin* `x` _y_ ~z~ & <@U1> signed up · <!here>@x.dev · <2026-11-23 10:00 UTC>",
    ]);
  });

  test.each([
    ["user.logged_in", {}, "Ada Lovelace logged in · ada1@lovelace.dev"],
    ["order.<paid>", {}, "Ada Lovelace · order.<paid> · ada1@lovelace.dev"],
    ["user.signed_up", { name: " " }, "ada1@lovelace.dev signed up"],
    ["user.signed_up", { name: 7, email: null }, "Somebody signed up"],
  ])("%s with %j is a line too", async (type, data, line) => {
    server.answerWith(posted);
    await connect().deliver([exampleSignUp(1, data, { type })], deliverOptions());
    expect(linesOf(server.requests[0])[0]?.split(" · <2026")[0]).toBe(line);
  });
});

const means = {
  retry: "RetryableError",
  rate_limited: "RateLimitedError",
  rejected: "RejectedError",
  credentials: "CredentialsError",
};
const words = Object.entries<ErrorTable[string]>(slackErrors).filter(
  ([code]) => !/^(http_|timeout|aborted|network_|unreadable)/.test(code),
);

describe("responses", () => {
  test.each(words)("the error %s has its row of the table", async (code, row) => {
    server.answerWith({ body: { ok: false, error: code } });
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error).toMatchObject({ name: means[row.means], code, response: code });
    expect(error.message).toBe(`Slack: ${code}. ${row.advice}`);
    if (row.means === "retry" || row.means === "rate_limited")
      expect(error).toMatchObject({ retryAfterSeconds: row.retryAfterSeconds });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["429 with a time", { status: 429, headers: { "retry-after": "17" } }, "ratelimited", "RateLimitedError", 17],
    ["429 without a time", { status: 429 }, "ratelimited", "RateLimitedError", undefined],
    [
      "429 with a time that is none",
      { status: 429, headers: { "retry-after": "soon" } },
      "ratelimited",
      "RateLimitedError",
      undefined,
    ],
    [
      "a limit in the body",
      { body: { ok: false, error: "rate_limited" } },
      "rate_limited",
      "RateLimitedError",
      undefined,
    ],
    ["503", { status: 503, headers: { "retry-after": "4" } }, "http_503", "RetryableError", 4],
    ["500", { status: 500, body: "<h1>ada1@lovelace.dev</h1>" }, "http_500", "RetryableError", undefined],
    ["408", { status: 408 }, "http_408", "RetryableError", undefined],
    ["404", { status: 404 }, "http_404", "CredentialsError", undefined],
    ["a redirect", { status: 302, headers: { location: "/x" } }, "http_302", "CredentialsError", undefined],
    ["a page", { body: "<h1>Hello ada1@lovelace.dev</h1>" }, "unreadable_response", "RetryableError", undefined],
    ["an unknown word", { body: { ok: false, error: "brand_new" } }, "brand_new", "RetryableError", undefined],
    [
      "a limit in the body with a time",
      { headers: { "retry-after": "9" }, body: { ok: false, error: "ratelimited" } },
      "ratelimited",
      "RateLimitedError",
      9,
    ],
  ])("%s", async (_name, answer, code, name, retryAfterSeconds) => {
    server.answerWith(answer);
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error).toMatchObject({ name, code });
    if (name !== "CredentialsError") expect(error).toMatchObject({ retryAfterSeconds });
    expect(server.requests).toHaveLength(1);
    expect(everythingIn(error)).not.toContain("lovelace");
  });

  test("a missing scope is named", async () => {
    server.answerWith({ body: { ok: false, error: "missing_scope", needed: "chat:write", provided: "xoxb-secret" } });
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error.response).toBe("missing_scope, needs chat:write");
  });

  test("an event that Slack refuses fails alone", async () => {
    server.answerWith(({ body }) =>
      body.includes("evt_3%22") ? { body: { ok: false, error: "invalid_blocks" } } : posted,
    );
    const outcomes = await connect().deliver(exampleSignUps(6), deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true]);
  });

  test("the consumer's signal ends the call immediately, and nothing is sent after it", async () => {
    server.answerWith("hang");
    const controller = new AbortController();
    const arrival = server.arrival();
    const delivery = connect().deliver(exampleSignUps(120), deliverOptions(controller.signal));
    await arrival;
    controller.abort();
    const outcomes = await delivery;
    expect(new Set(outcomes.map((outcome) => errorOf(outcome).code))).toEqual(new Set(["aborted"]));
    expect(server.requests).toHaveLength(1);
  });

  test("a reset connection is retried by the consumer, not by the SDK", async () => {
    server.answerWith("reset");
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error.name).toBe("RetryableError");
    expect(server.requests).toHaveLength(1);
  });

  test("no error repeats the token or the person, even when the answer echoes the call", async () => {
    server.answerWith(({ body }) => ({
      body: { ok: false, error: "invalid_blocks", needed: body, detail: `xoxb-secret ${body}` },
    }));
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    for (const secret of ["xoxb-secret", "lovelace", "Lovelace"]) expect(everythingIn(error)).not.toContain(secret);
  });
});

test("missing settings are named, with their form", () => {
  expect(() => slack.connect({ SLACK_BOT_TOKEN: "abc" })).toThrow(
    /SLACK_BOT_TOKEN should begin with xoxb-[\s\S]*SLACK_CHANNEL is not set/,
  );
});
