import {
  deliverOptions,
  errorOf,
  everythingIn,
  exampleSignUp,
  exampleSignUps,
} from "@eventfork/testing/example-events";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { EventforkError } from "../../platform/errors.ts";
import { isDeliveryError } from "../framework/define.ts";
import { analyticsErrors } from "./errors.ts";
import { analytics } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const connect = () => analytics.connect({ ANALYTICS_WRITE_KEY: "wk_secret", ANALYTICS_HOST: `${server.url}/base/` });
const messagesOf = (body = "") => JSON.parse(body).batch;

describe("requests", () => {
  test("a batch is one call, with the write key as the user of basic authentication", async () => {
    const outcomes = await connect().deliver(exampleSignUps(100), deliverOptions());
    expect(outcomes).toEqual(Array.from({ length: 100 }, () => ({ ok: true, response: "HTTP 200" })));
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      path: "/base/v1/batch",
      headers: { authorization: "Basic d2tfc2VjcmV0Og==", "content-type": "application/json" },
    });
    expect(messagesOf(server.requests[0]?.body)).toHaveLength(200);
  });

  test("a sign-up identifies the person and is counted, with the same ids in every attempt", async () => {
    await connect().deliver([exampleSignUp(1)], deliverOptions());
    const common = {
      userId: "usr_1",
      timestamp: "2026-11-23T10:00:00.000Z",
      context: { library: { name: "eventfork", version: "1" } },
    };
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({
      batch: [
        {
          type: "identify",
          messageId: "evt_1-identify",
          traits: { email: "ada1@lovelace.dev", name: "Ada Lovelace", createdAt: "2026-11-23T10:00:00.000Z" },
          ...common,
        },
        {
          type: "track",
          messageId: "evt_1",
          event: "user.signed_up",
          properties: { marketingConsent: true, source: "web" },
          ...common,
        },
      ],
      sentAt: "2026-11-23T10:00:05.000Z",
    });
  });

  test.each([
    ["user.logged_in", { method: "password" }],
    ["order.paid", { total: 12 }],
  ])("%s is counted by its type's name, without the person's name and address", async (type, data) => {
    await connect().deliver([exampleSignUp(1, { ...data, marketingConsent: undefined }, { type })], deliverOptions());
    expect(messagesOf(server.requests[0]?.body)).toMatchObject([
      { type: "track", messageId: "evt_1", event: type, userId: "usr_1" },
    ]);
    expect(messagesOf(server.requests[0]?.body)[0].properties).toEqual({ ...data, source: "web" });
    expect(server.requests[0]?.body).not.toContain("lovelace");
  });

  test.each([
    [{ data: { userId: 7 } }, { userId: "7" }],
    [{ data: {}, subject: "usr_9" }, { userId: "usr_9" }],
    [{ data: { userId: "" } }, { anonymousId: "evt_1" }],
    [{ data: { userId: { id: 1 } } }, { anonymousId: "evt_1" }],
  ])("an event with %j gets an anonymous id, because the service drops events without one", async (rest, expected) => {
    await connect().deliver([exampleSignUp(1, {}, { type: "a.b", ...rest })], deliverOptions());
    expect(messagesOf(server.requests[0]?.body)).toMatchObject([expected]);
  });

  test("an event over 32 KB fails alone, and is not sent", async () => {
    const events = [exampleSignUp(1), exampleSignUp(2, { note: "ü".repeat(17_000) }), exampleSignUp(3)];
    const outcomes = await connect().deliver(events, deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(errorOf(outcomes[1])).toMatchObject({ name: "RejectedError", code: "event_too_large" });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body).not.toContain("evt_2");
  });

  test("an event nested too deep for JSON fails alone, and is not sent", async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level += 1) deep = { a: deep };
    const events = exampleSignUps(9).map((event, i) => (i === 4 ? exampleSignUp(5, { deep }) : event));
    const outcomes = await connect().deliver(events, deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, false, true, true, true, true]);
    expect(errorOf(outcomes[4])).toMatchObject({ name: "RejectedError", code: "render_failed" });
    expect(server.requests).toHaveLength(1);
  });

  test("a batch over the service's 500 KB is cut into calls below it", async () => {
    const events = exampleSignUps(40).map((event) => ({ ...event, data: { ...event.data, note: "x".repeat(30_000) } }));
    const outcomes = await connect().deliver(events, deliverOptions());
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(server.requests).toHaveLength(3);
    for (const { body } of server.requests) expect(Buffer.byteLength(body)).toBeLessThan(500 * 1024);
    expect(server.requests.flatMap(({ body }) => messagesOf(body))).toHaveLength(80);
  });

  test("a trace that all events of a batch share is sent, and no other", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await connect().deliver([exampleSignUp(1)], { ...deliverOptions(), traceparent });
    await connect().deliver([exampleSignUp(1)], deliverOptions());
    expect(server.requests.map(({ headers }) => headers.traceparent)).toEqual([traceparent, undefined]);
  });

  test("no events, no call", async () => {
    expect(await connect().deliver([], deliverOptions())).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});

const means = {
  retry: "RetryableError",
  rate_limited: "RateLimitedError",
  rejected: "RejectedError",
  credentials: "CredentialsError",
};

const statuses = [
  [302, "http_3xx"],
  [400, "http_400"],
  [401, "http_401"],
  [403, "http_403"],
  [404, "http_404"],
  [408, "http_408"],
  [413, "http_413"],
  [429, "http_429"],
  [500, "http_5xx"],
  [503, "http_5xx"],
] as const;

describe("responses", () => {
  test("every row of the table has a test, or is no HTTP response", () => {
    const others = Object.keys(analyticsErrors).filter((key) => !statuses.some(([, row]) => row === key));
    expect(others.toSorted()).toEqual([
      "aborted",
      "event_too_large",
      "network_error",
      "timeout",
      "unreadable_response",
    ]);
  });

  test.each(statuses)("status %i is the row %s", async (status, row) => {
    server.answerWith({ status, headers: { location: "/x", "retry-after": "30" }, body: "no" });
    const [outcome] = await connect().deliver([exampleSignUp(1)], deliverOptions());
    const expected = analyticsErrors[row];
    expect(errorOf(outcome)).toMatchObject({
      name: means[expected.means],
      code: `http_${status}`,
      response: `HTTP ${status} no`,
    });
    expect(errorOf(outcome).message).toContain(expected.advice);
    if (expected.means === "retry" || expected.means === "rate_limited")
      expect(errorOf(outcome)).toMatchObject({ retryAfterSeconds: 30 });
    expect(server.requests).toHaveLength(1);
  });

  test("an unknown status is retried", async () => {
    server.answerWith({ status: 418 });
    expect(errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0])).toMatchObject({
      name: "RetryableError",
      code: "http_418",
      retryAfterSeconds: undefined,
    });
  });

  test("an event that the service refuses fails alone", async () => {
    server.answerWith(({ body }) => ({ status: body.includes('"evt_3"') ? 400 : 200 }));
    const outcomes = await connect().deliver(exampleSignUps(8), deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true, true, true]);
  });

  test("the consumer's signal ends the call immediately", async () => {
    server.answerWith("hang");
    const controller = new AbortController();
    const arrival = server.arrival();
    const delivery = connect().deliver(exampleSignUps(2), deliverOptions(controller.signal));
    await arrival;
    controller.abort();
    const outcomes = await delivery;
    expect(outcomes.map((outcome) => errorOf(outcome).code)).toEqual(["aborted", "aborted"]);
  });

  test("a reset connection is retried", async () => {
    server.answerWith("reset");
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error.name).toBe("RetryableError");
  });

  test("no error repeats the key or the person, even when the service echoes the call", async () => {
    server.answerWith(({ body, headers }) => ({ status: 400, body: `wk_secret ${headers.authorization} ${body}` }));
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(isDeliveryError(error)).toBe(true);
    for (const secret of ["wk_secret", "d2tfc2VjcmV0Og", "ada1@", "Lovelace"]) {
      expect(everythingIn(error)).not.toContain(secret);
    }
  });
});

test("missing settings are named, with their form", () => {
  expect(() => analytics.connect({})).toThrow(EventforkError);
  expect(() => analytics.connect({})).toThrow(/ANALYTICS_WRITE_KEY is not set/);
  expect(Object.keys(analytics.env)).toEqual(["ANALYTICS_WRITE_KEY", "ANALYTICS_HOST"]);
});
