import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { RetryableError } from "../../platform/errors.ts";
import { transportErrors } from "./errors.ts";
import { fetchWithLimits, parseRetryAfter } from "./http.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const bounds = (more: { signal?: AbortSignal; timeoutMs?: number; maximumBytes?: number } = {}) => ({
  title: "Somebody",
  signal: new AbortController().signal,
  timeoutMs: 5_000,
  maximumBytes: 1_000,
  ...more,
});

const failureOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RetryableError);
  return error instanceof RetryableError ? { code: error.code, message: error.message } : undefined;
};

describe("fetchWithLimits", () => {
  test("a server that never answers ends in a retryable timeout", async () => {
    server.answerWith("hang");
    const failure = await failureOf(fetchWithLimits(server.url, {}, bounds({ timeoutMs: 30 })));
    expect(failure).toEqual({ code: "timeout", message: `Somebody: timeout. ${transportErrors.timeout.advice}` });
  });

  test("the caller's signal ends a call immediately", async () => {
    server.answerWith("hang");
    const controller = new AbortController();
    const arrival = server.arrival();
    const call = fetchWithLimits(server.url, {}, bounds({ signal: controller.signal }));
    await arrival;
    controller.abort();
    expect((await failureOf(call))?.code).toBe("aborted");
  });

  test("an aborted signal prevents the call", async () => {
    expect((await failureOf(fetchWithLimits(server.url, {}, bounds({ signal: AbortSignal.abort() }))))?.code).toBe(
      "aborted",
    );
    expect(server.requests).toEqual([]);
  });

  test("a refused connection has the network's error code", async () => {
    const gone = await startHttpRecorder();
    await gone.stop();
    const failure = await failureOf(fetchWithLimits(gone.url, {}, bounds()));
    expect(failure?.code).toBe("ECONNREFUSED");
    expect(failure?.message).toContain(transportErrors.network_error.advice);
  });

  test("a reset connection is retryable", async () => {
    server.answerWith("reset");
    const failure = await failureOf(fetchWithLimits(server.url, {}, bounds()));
    expect(failure?.code).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/);
    expect(failure?.message).toContain(transportErrors.network_error.advice);
  });

  test("a redirect is not followed", async () => {
    server.answerWith({ status: 307, headers: { location: "/elsewhere" } });
    const response = await fetchWithLimits(server.url, { method: "POST", body: "secret" }, bounds());
    expect(response.status).toBe(307);
    expect(server.requests).toHaveLength(1);
  });

  test("a body is read up to its limit", async () => {
    server.answerWith({ body: "é".repeat(100_000) });
    const response = await fetchWithLimits(server.url, {}, bounds({ maximumBytes: 1_000 }));
    expect(await response.text()).toBe("é".repeat(500));
  });

  test("a response without a body is valid", async () => {
    server.answerWith({ status: 204 });
    const response = await fetchWithLimits(server.url, {}, bounds());
    expect([response.status, await response.text()]).toEqual([204, ""]);
  });
});

test.each([
  ["30", 30],
  ["0", 0],
  [" 7 ", 7],
  ["Mon, 23 Nov 2026 10:00:30 GMT", 30],
  ["Mon, 23 Nov 2026 09:00:00 GMT", 0],
  ["soon", undefined],
  ["-1", undefined],
  ["99999999999999999999", undefined],
  [null, undefined],
])("Retry-After %j is read as %j seconds", (header, seconds) => {
  expect(parseRetryAfter(header, new Date("2026-11-23T10:00:00Z"))).toBe(seconds);
});
