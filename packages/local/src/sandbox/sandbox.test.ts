import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Envelope } from "@eventfork/core/events";
import type { DeliverOptions, Outcome } from "@eventfork/core/providers";
import { registry } from "@eventfork/core/providers/registry";
import { type IntegrationName, requiredNames } from "@eventfork/core/topology";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Sandbox, type SandboxFault, sandboxEnv, startSandbox } from "./index.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
beforeEach(() => control("PUT", "limits", { enabled: false }));
afterEach(async () => {
  await control("DELETE", "ledger");
  for (const name of requiredNames) await control("DELETE", `faults/${name}`);
});
afterAll(() => sandbox.stop());

function signUp(number: number, data: Record<string, unknown> = {}): Envelope {
  return {
    specversion: "1.0",
    id: `evt_${number}`,
    type: "user.signed_up",
    source: "web",
    time: "2026-11-23T10:00:00.000Z",
    data: {
      userId: `usr_${number}`,
      email: `ada${number}@lovelace.dev`,
      name: "Ada Lovelace",
      marketingConsent: true,
      ...data,
    },
  };
}

const signUps = (count: number) => Array.from({ length: count }, (_, index) => signUp(index + 1));

async function deliver(
  name: IntegrationName,
  events: readonly Envelope[],
  { env = {}, signal = new AbortController().signal }: { env?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<readonly Outcome[]> {
  const integration = await registry[name]();
  const options: DeliverOptions = { signal, now: () => new Date(), possiblyDelivered: new Map(), traceparent: null };
  return integration.connect({ ...sandboxEnv(sandbox.url), ...env }).deliver(events, options);
}

const errorOf = (outcome: Outcome | undefined) => (outcome === undefined || outcome.ok ? undefined : outcome.error);

async function control(method: string, path: string, body?: object): Promise<Response> {
  return fetch(
    `${sandbox.url}/_sandbox/${path}`,
    body === undefined ? { method } : { method, body: JSON.stringify(body) },
  );
}

async function jsonOf<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

type Page = { effects: { key: string; count: number }[]; next: string | null };
type History = { messages: { text: string }[]; has_more: boolean; response_metadata: { next_cursor: string } };

const inject = (name: IntegrationName, fault: Partial<SandboxFault>) => control("PUT", `faults/${name}`, fault);

const slackCall = async (method: string, form: Record<string, string>) => {
  const headers = { authorization: `Bearer ${sandboxEnv("").SLACK_BOT_TOKEN}` };
  return jsonOf<History>(
    fetch(`${sandbox.url}/slack/api/${method}`, { method: "POST", headers, body: new URLSearchParams(form) }),
  );
};

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

const mailchimpCall = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.url}/mailchimp/3.0${path}`, {
    method,
    headers: { authorization: basic("user", sandboxEnv("").MAILCHIMP_API_KEY), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const list = `/lists/${sandboxEnv("").MAILCHIMP_LIST_ID}`;

const analyticsCall = (path: string, body: string) =>
  fetch(`${sandbox.url}/analytics/v1/${path}`, {
    method: "POST",
    headers: { authorization: basic(sandboxEnv("").ANALYTICS_WRITE_KEY, "") },
    body,
  });

describe("received calls", () => {
  test.each([
    ["analytics", { accepted: 2, received: 200, unique: 100 }],
    ["mailchimp", { accepted: 102, received: 100, unique: 50 }],
    ["slack", { accepted: 2, received: 100, unique: 50 }],
  ] as const)("%s counts what came and what is new apart, so that a second sending shows", async (name, figures) => {
    const [first, second] = [await deliver(name, signUps(50)), await deliver(name, signUps(50))];
    expect([...first, ...second].every(({ ok }) => ok)).toBe(true);
    const entry = await jsonOf<Page>(control("GET", `ledger/${name}`));
    expect(entry).toMatchObject({ integration: name, refused: 0, faulted: 0, ...figures });
    expect(entry.effects).toHaveLength(figures.unique);
    for (const effect of entry.effects) expect(effect.count).toBe(2);
  });

  test("the ledger is read in pages when a limit is named", async () => {
    await deliver("slack", signUps(5));
    const first = await jsonOf<Page>(control("GET", "ledger/slack?limit=3"));
    const second = await jsonOf<Page>(control("GET", `ledger/slack?limit=3&after=${first.next}`));
    expect([...first.effects, ...second.effects].map(({ key }) => key)).toEqual([
      "evt_1",
      "evt_2",
      "evt_3",
      "evt_4",
      "evt_5",
    ]);
    expect(second.next).toBeNull();
  });

  test("the channel's history has each message with the ids of its events", async () => {
    await deliver("slack", signUps(2));
    const history = await slackCall("conversations.history", { channel: "C0SIGNUPS01", include_all_metadata: "true" });
    expect(history.messages).toMatchObject([
      { type: "message", metadata: { event_payload: { event_ids: ["evt_1", "evt_2"] } } },
    ]);
    const plain = await slackCall("conversations.history", { channel: "C0SIGNUPS01" });
    expect(plain.messages[0]).not.toHaveProperty("metadata");
  });

  test("history is read from newest to oldest, a page at a time", async () => {
    for (const number of [1, 2, 3]) await slackCall("chat.postMessage", { channel: "#sign-ups", text: `m${number}` });
    const first = await slackCall("conversations.history", { channel: "C0SIGNUPS01", limit: "2" });
    const cursor = first.response_metadata.next_cursor;
    const second = await slackCall("conversations.history", { channel: "C0SIGNUPS01", limit: "2", cursor });
    expect([...first.messages, ...second.messages].map(({ text }) => text)).toEqual(["m3", "m2", "m1"]);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
  });

  test("a member keeps the status it has, and gets the new name and tag", async () => {
    await deliver("mailchimp", [signUp(1, { marketingConsent: false })]);
    await deliver("mailchimp", [{ ...signUp(1, { name: "Ada King", marketingConsent: true }), source: "cli" }]);
    const response = await mailchimpCall("GET", `${list}/members/ada1@lovelace.dev`);
    expect(await response.json()).toMatchObject({
      status: "transactional",
      merge_fields: { FNAME: "Ada", LNAME: "King" },
      tags: [{ name: "source:web" }, { name: "source:cli" }],
    });
  });

  test("a message without a person succeeds and is dropped, as by the real service", async () => {
    const response = await analyticsCall("track", JSON.stringify({ event: "x", messageId: "m1" }));
    expect([response.status, sandbox.ledger.read("analytics").effects]).toEqual([200, []]);
  });

  test("a file keeps everything over a restart, and a reset deletes it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eventfork-sandbox-"));
    const file = join(folder, "sandbox.db");
    const first = await startSandbox({ port: 0, file });
    await deliver("slack", signUps(2), { env: sandboxEnv(first.url) });
    await first.stop();
    const second = await startSandbox({ port: 0, file });
    await deliver("slack", signUps(2), { env: sandboxEnv(second.url) });
    expect(second.ledger.read("slack")).toMatchObject({ accepted: 2, received: 4, unique: 2 });
    await fetch(`${second.url}/_sandbox/ledger`, { method: "DELETE" });
    expect(second.ledger.read("slack")).toMatchObject({ accepted: 0, received: 0, unique: 0, effects: [] });
    await second.stop();
    await rm(folder, { recursive: true });
  });
});

describe("refused calls", () => {
  test.each([
    ["slack", { SLACK_BOT_TOKEN: "xoxb-wrong" }, "CredentialsError", "invalid_auth"],
    ["slack", { SLACK_CHANNEL: "C0NOWHERE01" }, "CredentialsError", "channel_not_found"],
    ["slack", { SLACK_CHANNEL: "#archived" }, "CredentialsError", "is_archived"],
    ["slack", { SLACK_CHANNEL: "#private" }, "CredentialsError", "not_in_channel"],
    ["mailchimp", { MAILCHIMP_API_KEY: "wrong-us1" }, "CredentialsError", "API Key Invalid"],
    ["mailchimp", { MAILCHIMP_LIST_ID: "nolist" }, "CredentialsError", "Resource Not Found"],
    ["analytics", { ANALYTICS_WRITE_KEY: "wrong" }, "CredentialsError", "http_401"],
  ] as const)("%s with %j", async (name, env, error, code) => {
    const [outcome] = await deliver(name, [signUp(1)], { env });
    expect(errorOf(outcome)).toMatchObject({ name: error, code });
    expect(sandbox.ledger.read(name)).toMatchObject({ accepted: 0, refused: 1, effects: [] });
  });

  test.each([
    ["ada@example.com", "Invalid Resource", /fake/],
    ["fake@lovelace.dev", "Invalid Resource", /fake/],
    ["busy+1@lovelace.dev", "Invalid Resource", /many lists/],
    ["not an address", "Invalid Resource", /refuses this member/],
    ["forgotten@lovelace.dev", "Forgotten Email Not Subscribed", /permanently deleted/],
    ["compliance+1@lovelace.dev", "Member In Compliance State", /unsubscribed/],
  ])("Mailchimp refuses %s alone, with the reason", async (email, code, advice) => {
    const outcomes = await deliver("mailchimp", [signUp(1), signUp(2, { email }), signUp(3)]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(errorOf(outcomes[1])).toMatchObject({ name: "RejectedError", code, message: expect.stringMatching(advice) });
  });

  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
  test.each([
    ["no_text", {}],
    ["msg_too_long", { text: "x".repeat(40_001) }],
    ["invalid_blocks_format", { blocks: "{oops" }],
    ["invalid_blocks", { blocks: JSON.stringify(Array.from({ length: 51 }, () => section("x"))) }],
    ["invalid_blocks", { blocks: JSON.stringify([section("x".repeat(3_001))]) }],
    ["invalid_blocks", { blocks: JSON.stringify([section("")]) }],
    ["invalid_blocks", { blocks: JSON.stringify([{ type: "sektion" }]) }],
    ["msg_blocks_too_long", { blocks: JSON.stringify(Array.from({ length: 5 }, () => section("x".repeat(3_000)))) }],
    ["invalid_metadata_format", { text: "x", metadata: "{}" }],
    [
      "metadata_too_large",
      { text: "x", metadata: JSON.stringify({ event_type: "e", event_payload: { note: "x".repeat(16_000) } }) },
    ],
  ])("Slack refuses oversized and malformed messages: %s", async (error, message) => {
    expect(await slackCall("chat.postMessage", { channel: "#sign-ups", ...message })).toMatchObject({
      ok: false,
      error,
    });
    expect(sandbox.ledger.read("slack").effects).toEqual([]);
  });

  test("Slack refuses other methods and missing tokens", async () => {
    expect(await slackCall("chat.shout", {})).toEqual({ ok: false, error: "unknown_method" });
    const response = await fetch(`${sandbox.url}/slack/api/auth.test`, { method: "POST" });
    expect(await response.json()).toEqual({ ok: false, error: "not_authed" });
    expect(await slackCall("auth.test", {})).toMatchObject({ ok: true });
  });

  test.each([
    ["POST", list, {}, 400, "Invalid Resource"],
    ["POST", list, { members: Array.from({ length: 501 }, () => ({})) }, 400, "Bad Request"],
    ["PUT", `${list}/members/x@y.dev`, { email_address: "x@y.dev" }, 400, "Invalid Resource"],
    [
      "PUT",
      `${list}/members/x@y.dev`,
      { email_address: "x@y.dev", status_if_new: "pending", merge_fields: { FNAME: "x".repeat(256) } },
      400,
      "Invalid Resource",
    ],
    ["POST", `${list}/members/x@y.dev/tags`, { tags: [{ name: "a", status: "active" }] }, 404, "Resource Not Found"],
    ["GET", `${list}/members/x@y.dev`, undefined, 404, "Resource Not Found"],
    ["GET", "/nothing", undefined, 404, "Resource Not Found"],
  ] as const)("Mailchimp answers %s %s as its API does", async (method, path, body, status, title) => {
    const response = await mailchimpCall(method, path, body);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toMatchObject({ status, title });
    expect(response.status).toBe(status);
  });

  test.each([
    ["batch", "{oops"],
    ["batch", JSON.stringify({ batch: [{ type: "track", event: "x", userId: "u", note: "x".repeat(33_000) }] })],
    [
      "batch",
      JSON.stringify({
        batch: Array.from({ length: 20 }, () => ({ type: "track", event: "x", userId: "u", note: "x".repeat(30_000) })),
      }),
    ],
    ["identify", "[]"],
  ])("analytics responds with 400 to a call of %s that is malformed or too large", async (call, body) => {
    expect((await analyticsCall(call, body)).status).toBe(400);
    expect(sandbox.ledger.read("analytics")).toMatchObject({ accepted: 0, refused: 1 });
  });

  test("Slack accepts a short burst, then a message a second per channel, and names the wait", async () => {
    await control("PUT", "limits", { enabled: true });
    const outcomes = [];
    for (let number = 1; number <= 8; number += 1) outcomes.push(...(await deliver("slack", [signUp(number)])));
    const refused = outcomes.flatMap((outcome) => errorOf(outcome) ?? []);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]).toMatchObject({ name: "RateLimitedError", code: "ratelimited", retryAfterSeconds: 1 });
    expect(sandbox.ledger.read("slack").unique).toBe(8 - refused.length);
  });

  test("Mailchimp accepts 10 concurrent calls and refuses the eleventh", async () => {
    await control("PUT", "limits", { enabled: true });
    await inject("mailchimp", { hang: true });
    const held = new AbortController();
    const headers = { authorization: basic("user", sandboxEnv("").MAILCHIMP_API_KEY) };
    const ping = () => fetch(`${sandbox.url}/mailchimp/3.0/ping`, { headers, signal: held.signal });
    const calls = Array.from({ length: 11 }, ping);
    const first = await Promise.race(calls);
    expect(first.status).toBe(429);
    expect(sandbox.ledger.read("mailchimp")).toMatchObject({ faulted: 10, refused: 1 });
    held.abort();
    await Promise.allSettled(calls);
  });
});

describe("injected faults", () => {
  test.each([
    ["slack", { code: "not_in_channel" }, "CredentialsError", "not_in_channel", undefined],
    ["slack", { status: 429, retryAfterSeconds: 7 }, "RateLimitedError", "ratelimited", 7],
    ["slack", { status: 503 }, "RetryableError", "http_503", undefined],
    ["mailchimp", { status: 403, code: "Forbidden" }, "CredentialsError", "Forbidden", undefined],
    ["mailchimp", { status: 429, retryAfterSeconds: 3 }, "RateLimitedError", "Too Many Requests", 3],
    ["mailchimp", { code: "Member In Compliance State" }, "RejectedError", "Member In Compliance State", undefined],
    ["analytics", { status: 500 }, "RetryableError", "http_500", undefined],
    ["analytics", { status: 307 }, "CredentialsError", "http_307", undefined],
    ["analytics", { code: "no" }, "RejectedError", "http_400", undefined],
    ["slack", { reset: true }, "RetryableError", undefined, undefined],
    ["mailchimp", { reset: true }, "RetryableError", undefined, undefined],
    ["analytics", { reset: true }, "RetryableError", undefined, undefined],
  ] as const)("%s with %j, until it is switched off", async (integration, fault, name, code, retryAfterSeconds) => {
    await inject(integration, fault);
    const error = errorOf((await deliver(integration, [signUp(1)]))[0]);
    expect(error).toMatchObject({ name, ...(code === undefined ? {} : { code }) });
    if (retryAfterSeconds !== undefined) expect(error).toMatchObject({ retryAfterSeconds });
    expect(sandbox.ledger.read(integration)).toMatchObject({ accepted: 0, faulted: 1, effects: [] });
    await control("DELETE", `faults/${integration}`);
    expect((await deliver(integration, [signUp(1)]))[0]?.ok).toBe(true);
  });

  test.each(requiredNames)(
    "%s never answering ends with the consumer's signal, and without an effect",
    async (name) => {
      await inject(name, { hang: true });
      const controller = new AbortController();
      const delivery = deliver(name, signUps(2), { signal: controller.signal });
      await expect.poll(() => sandbox.ledger.read(name).faulted).toBe(1);
      controller.abort();
      expect((await delivery).map((outcome) => errorOf(outcome)?.code)).toEqual(["aborted", "aborted"]);
      expect(sandbox.ledger.read(name)).toMatchObject({ accepted: 0, effects: [] });
    },
  );

  test.each(requiredNames)(
    "%s doing its work and losing the answer leaves an effect that a retry repeats",
    async (name) => {
      await inject(name, { reset: true, afterEffect: true });
      expect(errorOf((await deliver(name, [signUp(1)]))[0])?.name).toBe("RetryableError");
      expect(sandbox.ledger.read(name).accepted).toBe(1);
      await control("DELETE", `faults/${name}`);
      expect((await deliver(name, [signUp(1)]))[0]?.ok).toBe(true);
      const { received, unique } = sandbox.ledger.read(name);
      expect(received).toBe(unique * 2);
    },
  );

  test("the consumer's signal aborts a slow body after its headers", async () => {
    await inject("analytics", { slowBodyMs: 60_000 });
    const controller = new AbortController();
    const delivery = deliver("analytics", [signUp(1)], { signal: controller.signal });
    await expect.poll(() => sandbox.ledger.read("analytics").accepted).toBe(1);
    controller.abort();
    expect(errorOf((await delivery)[0])?.code).toBe("aborted");
  });

  test("a delay without a fault only delays", async () => {
    await inject("slack", { latencyMs: 5 });
    expect((await deliver("slack", [signUp(1)]))[0]?.ok).toBe(true);
    expect(sandbox.ledger.read("slack")).toMatchObject({ accepted: 1, faulted: 1 });
  });

  test("a share of the calls meets the fault, the same calls for the same seed", async () => {
    const draw = async (seed: number) => {
      await inject("analytics", { status: 503, rate: 0.5, seed });
      const statuses = [];
      for (let call = 0; call < 40; call += 1) statuses.push((await analyticsCall("batch", '{"batch":[]}')).status);
      return statuses;
    };
    const [first, again, other] = [await draw(7), await draw(7), await draw(8)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first.filter((status) => status === 503).length).toBeGreaterThan(10);
    expect(first.filter((status) => status === 200).length).toBeGreaterThan(10);
  });

  test("one provider's fault does not affect another", async () => {
    await inject("slack", { status: 503 });
    expect((await deliver("analytics", [signUp(1)]))[0]?.ok).toBe(true);
    expect(await (await control("GET", "faults/slack")).json()).toEqual({ status: 503, rate: 1, seed: 1 });
    expect(await (await control("GET", "faults/analytics")).json()).toBeNull();
  });

  test.each([
    ["faults/slack", { rate: 2 }, "rate"],
    ["faults/slack", { status: 99 }, "status"],
    ["faults/slack", { staus: 500 }, ""],
    ["faults/slak", {}, ""],
    ["limits", { enabled: "yes" }, "enabled"],
  ])("PUT %s %j is refused with the path and the reason", async (path, body, place) => {
    const response = await control("PUT", path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ problems: [{ path: place, message: expect.any(String) }] });
  });
});

describe("the page", () => {
  test("shows each provider's calls, and never executes user input", async () => {
    const name = "<img src=x onerror=alert(1)> & <!channel>";
    await deliver("slack", [signUp(1, { name })]);
    await deliver("mailchimp", [signUp(1, { name })]);
    await deliver("analytics", [signUp(1, { name, userId: "<b>usr</b>" })]);
    const response = await fetch(sandbox.url);
    const page = await response.text();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt; &amp; &lt;!channel&gt;</strong> signed up");
    expect(page).toContain("ada1@lovelace.dev<small>&lt;img src=x onerror=alert(1)&gt; &amp; &lt;!channel&gt;</small>");
    expect(page).toContain("&lt;b&gt;usr&lt;/b&gt;");
    expect(page).not.toMatch(/<img|<b>usr/);
  });

  test("shows next steps while it is empty, and names an active fault", async () => {
    await inject("slack", { code: "<i>", rate: 0.25 });
    const page = await (await fetch(sandbox.url)).text();
    expect(page).toContain("Nothing in #sign-ups yet");
    expect(page).toContain("The audience is empty");
    expect(page).toContain("Nothing is counted yet");
    expect(page).toContain("code &lt;i&gt;, 25 % of calls");
  });
});

test("it listens on this machine alone", async () => {
  await expect(fetch(`http://127.0.0.2:${sandbox.port}/`)).rejects.toThrow();
});

test("a taken port is a clear error", async () => {
  await expect(startSandbox({ port: sandbox.port })).rejects.toThrow(`cannot listen on port ${sandbox.port}`);
});

test("stopping ends calls that hang", async () => {
  const other = await startSandbox({ port: 0 });
  await fetch(`${other.url}/_sandbox/faults/slack`, { method: "PUT", body: '{"hang":true}' });
  const call = fetch(`${other.url}/slack/api/auth.test`).then(
    () => "answered",
    () => "ended",
  );
  await expect.poll(() => other.ledger.read("slack").faulted).toBe(1);
  await other.stop();
  expect(await call).toBe("ended");
});
