import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Env } from "@eventfork/core/platform/env";
import { type Integration, isDeliveryError, type Outcome } from "@eventfork/core/providers";
import { topologyOf } from "@eventfork/core/topology";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { deliverOptions, errorOf, everythingIn, exampleSignUp, exampleSignUps } from "./example-events.ts";
import { type HttpRecorder, type RecordedRequest, type RecorderAnswer, startHttpRecorder } from "./http-recorder.ts";

const megabyte = 1024 * 1024;

export type Contract = {
  env: (url: string) => Env;
  accept?: (request: RecordedRequest) => RecorderAnswer;
  credentialsRefused: RecorderAnswer;
  idempotencyKeys?: (request: RecordedRequest) => string[];
};

/** Every provider must pass it. */
export function describeContract(integration: Integration, contract: Contract): void {
  const { name } = integration;
  const accept = contract.accept ?? (() => ({}));
  let party: HttpRecorder;
  let elsewhere: HttpRecorder;
  const startTimeout = AbortSignal.timeout;

  const deliver = (url: string, count = 2, signal?: AbortSignal): Promise<readonly Outcome[]> =>
    integration.connect(contract.env(url)).deliver(exampleSignUps(count), deliverOptions(signal));

  describe(`${name} holds to the contract of integrations`, () => {
    beforeAll(async () => {
      [party, elsewhere] = await Promise.all([startHttpRecorder(), startHttpRecorder()]);
    });
    afterEach(() => {
      AbortSignal.timeout = startTimeout;
      party.forget();
      elsewhere.forget();
    });
    afterAll(() => Promise.all([party.stop(), elsewhere.stop()]));

    test("its name and its variables are the topology's", () => {
      const { secrets, settings } = topologyOf(name);
      const variables = Object.keys(integration.env);
      expect([...variables].sort()).toEqual([...secrets, ...settings].sort());
      expect(variables).toContain(integration.baseUrlVariable);
      expect(Object.keys(contract.env("http://127.0.0.1")).every((key) => variables.includes(key))).toBe(true);
    });

    test.each(topologyOf(name).secrets)("a missing %s is reported, and nothing is sent", (variable) => {
      expect(() => integration.connect({ ...contract.env(party.url), [variable]: "" })).toThrow(variable);
      expect(party.requests).toEqual([]);
    });

    test("a whole batch is delivered: an outcome for each event", async () => {
      party.answerWith(accept);
      const { size } = topologyOf(name).batch;
      const outcomes = await deliver(party.url, size);
      expect(outcomes).toHaveLength(size);
      expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
      expect(party.requests.length).toBeGreaterThan(0);
    });

    test("without events there are no calls", async () => {
      expect(await deliver(party.url, 0)).toEqual([]);
      expect(party.requests).toEqual([]);
    });

    test("its first call is the topology's", async () => {
      party.answerWith(accept);
      await deliver(party.url);
      const [method, path = ""] = topologyOf(name).request.split(" ");
      const [first] = party.requests;
      const pattern = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]+\}/g, ".+");
      expect(first?.method).toBe(method);
      expect(first?.path.split("?")[0]).toMatch(new RegExp(`${pattern}$`));
    });

    test.each<[string, RecorderAnswer, string]>([
      ["a fault of its own", { status: 503 }, "RetryableError"],
      ["a connection that breaks", "reset", "RetryableError"],
    ])("after %s the whole batch is attempted again", async (_what, answer, error) => {
      party.answerWith(answer);
      const outcomes = await deliver(party.url);
      expect(outcomes.map((outcome) => errorOf(outcome).name)).toEqual([error, error]);
    });

    test("a rate limit is recognized with or without a time, and its time is respected", async () => {
      party.answerWith({ status: 429, headers: { "retry-after": "7" } });
      for (const outcome of await deliver(party.url)) {
        expect(errorOf(outcome)).toMatchObject({ name: "RateLimitedError", retryAfterSeconds: 7 });
      }
      party.answerWith({ status: 429 });
      for (const outcome of await deliver(party.url)) expect(errorOf(outcome).name).toBe("RateLimitedError");
    });

    test.each([
      ["its content type", "text/html; charset=utf-8", "<h1>Log in</h1>"],
      ["its first tag", "application/json", " <!DOCTYPE html><html><title>Log in</title></html>"],
    ])("a successful response that is a web page, by %s, delivers nothing", async (_what, contentType, body) => {
      party.answerWith({ headers: { "content-type": contentType }, body });
      for (const outcome of await deliver(party.url)) {
        expect(errorOf(outcome)).toMatchObject({ name: "RetryableError", code: "unreadable_response" });
      }
    });

    test("no lone surrogate is sent, neither a received one nor one from a cut", async () => {
      party.answerWith(accept);
      const lone = { name: `${"x".repeat(254)}😀 \ud83d`, more: ["\udc00"], email: "ada\ud83d@lovelace.dev" };
      const event = { ...exampleSignUp(1, lone), type: "shop.\ud83d", source: `${"s".repeat(92)}😀` };
      await integration.connect(contract.env(party.url)).deliver([event], deliverOptions());
      expect(party.requests.length).toBeGreaterThan(0);
      for (const { body } of party.requests) expect(body).not.toMatch(/(\\|%5C)ud[89a-f]/i);
    });

    test("an event that we cannot render fails alone", async () => {
      party.answerWith(accept);
      const [first, second, third] = exampleSignUps(3);
      if (first === undefined || second === undefined || third === undefined) throw new Error("three are asked for");
      const unreadable = () => {
        throw new RangeError("Maximum call stack size exceeded");
      };
      const data = new Proxy({}, { get: unreadable, ownKeys: unreadable });
      const connection = integration.connect(contract.env(party.url));
      const outcomes = await connection.deliver([first, { ...second, data }, third], deliverOptions());
      expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
      expect(errorOf(outcomes[1])).toMatchObject({ name: "RejectedError", code: "render_failed" });
    });

    test("a rejected key pauses the integration and is not shown", async () => {
      party.answerWith(contract.credentialsRefused);
      const outcomes = await deliver(party.url);
      expect(outcomes.map((outcome) => errorOf(outcome).name)).toEqual(["CredentialsError", "CredentialsError"]);
    });

    test("an error has no secret or personal data, even if the provider echoes it", async () => {
      const env = contract.env(party.url);
      const keys = topologyOf(name).secrets.map((variable) => env[variable] ?? "");
      const echo = [...keys, ...exampleSignUps(2).map(({ data }) => `${data.email} ${data.name}`)].join(" ");
      party.answerWith({ status: 500, body: echo });
      for (const outcome of await deliver(party.url)) {
        const error = errorOf(outcome);
        expect(isDeliveryError(error)).toBe(true);
        for (const secret of [...keys, "lovelace.dev", "Ada Lovelace"])
          expect(everythingIn(error)).not.toContain(secret);
      }
    });

    test.each([301, 302, 307, 308])("a redirect (%i) is refused: the key is sent to no other host", async (status) => {
      party.answerWith({ status, headers: { location: `${elsewhere.url}/` } });
      const outcomes = await deliver(party.url);
      expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, false]);
      expect(elsewhere.requests).toEqual([]);
      expect(party.requests.length).toBeGreaterThan(0);
    });

    test("every call ends by itself within its own time, which is shorter than the consumer's", async () => {
      const asked: number[] = [];
      AbortSignal.timeout = (milliseconds) => {
        asked.push(milliseconds);
        return startTimeout(50);
      };
      party.answerWith("hang");
      const outcomes = await deliver(party.url);
      expect(outcomes.map((outcome) => errorOf(outcome).code)).toEqual(["timeout", "timeout"]);
      expect(asked.length).toBeGreaterThan(0);
      for (const milliseconds of asked) expect(milliseconds).toBeLessThan(topologyOf(name).timeoutSeconds * 1_000);
    });

    test("a call ends when the consumer's time is up", async () => {
      party.answerWith("hang");
      const consumer = new AbortController();
      const delivering = deliver(party.url, 2, consumer.signal);
      await party.arrival();
      consumer.abort();
      for (const outcome of await delivering) expect(errorOf(outcome).code).toBe("aborted");
    });

    test("at most 4 MB of an endless response is read", async () => {
      let sent = 0;
      const server = createServer((_request, response) => {
        const write = () => {
          while (!response.destroyed) {
            sent += 64 * 1024;
            if (!response.write("x".repeat(64 * 1024))) return;
          }
        };
        response.on("drain", write);
        write();
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      expect(await deliver(`http://127.0.0.1:${port}`)).toHaveLength(2);
      expect(sent).toBeLessThan(16 * megabyte);
      server.closeAllConnections();
      server.close();
    });

    const { idempotencyKeys } = contract;
    test.skipIf(idempotencyKeys === undefined)(
      "sending an event twice has one effect: its keys are the same",
      async () => {
        party.answerWith(accept);
        const keysOf = async () => {
          await deliver(party.url, 3);
          const keys = party.requests.flatMap((request) => idempotencyKeys?.(request) ?? []);
          party.requests.length = 0;
          return [...new Set(keys)].sort();
        };
        const first = await keysOf();
        expect(first.length).toBeGreaterThanOrEqual(3);
        expect(await keysOf()).toEqual(first);
      },
    );
  });
}
