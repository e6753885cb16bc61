import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { deliverOptions, errorOf, exampleSignUps } from "../testing/example-events.ts";
import { type HttpRecorder, startHttpRecorder } from "../testing/http-recorder.ts";
import { integrationNames, integrations } from "../topology/index.ts";
import type { Outcome } from "./define.ts";
import { registry } from "./registry.ts";

const megabyte = 1024 * 1024;

let party: HttpRecorder;
let elsewhere: HttpRecorder;
beforeAll(async () => {
  [party, elsewhere] = await Promise.all([startHttpRecorder(), startHttpRecorder()]);
});
afterEach(() => {
  party.forget();
  elsewhere.forget();
});
afterAll(() => Promise.all([party.stop(), elsewhere.stop()]));

const startTimeout = AbortSignal.timeout;
afterEach(() => {
  AbortSignal.timeout = startTimeout;
});

async function deliver(name: (typeof integrationNames)[number], url: string): Promise<readonly Outcome[]> {
  const integration = await registry[name]();
  const env = {
    ANALYTICS_WRITE_KEY: "wk_secret",
    ANALYTICS_HOST: url,
    MAILCHIMP_API_KEY: "secret-us1",
    MAILCHIMP_LIST_ID: "list",
    MAILCHIMP_API_URL: `${url}/3.0`,
    SLACK_BOT_TOKEN: "xoxb-secret",
    SLACK_CHANNEL: "C1",
    SLACK_API_URL: `${url}/api/`,
  };
  return integration.connect(env).deliver(exampleSignUps(2), deliverOptions());
}

/** Of everyone that the registry has, those with an SDK included. */
describe.each(integrationNames)("every call to %s", (name) => {
  test.each([301, 302, 307, 308])("refuses a redirect (%i): the key goes nowhere else", async (status) => {
    party.answerWith({ status, headers: { location: `${elsewhere.url}/` } });
    const outcomes = await deliver(name, party.url);
    expect(outcomes.map((outcome) => outcome.ok)).toEqual([false, false]);
    expect(elsewhere.requests).toEqual([]);
    expect(party.requests.length).toBeGreaterThan(0);
  });

  test("is the one that the topology names", async () => {
    await deliver(name, party.url);
    const [method, path = ""] = integrations[name].request.replace("{list_id}", "list").split(" ");
    const [first] = party.requests;
    expect(first?.method).toBe(method);
    expect(first?.path.split("?")[0]?.endsWith(path)).toBe(true);
  });

  test("ends by itself within its own time, which is shorter than the consumer's", async () => {
    const asked: number[] = [];
    AbortSignal.timeout = (milliseconds) => {
      asked.push(milliseconds);
      return startTimeout(50);
    };
    party.answerWith("hang");
    const outcomes = await deliver(name, party.url);
    expect(outcomes.map((outcome) => errorOf(outcome).code)).toEqual(["timeout", "timeout"]);
    expect(asked.length).toBeGreaterThan(0);
    for (const milliseconds of asked) {
      expect(milliseconds).toBeLessThan(integrations[name].timeoutSeconds * 1_000);
    }
  });

  test("reads no more of an answer without end than 4 MB", async () => {
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
    const outcomes = await deliver(name, `http://127.0.0.1:${port}`);
    expect(outcomes).toHaveLength(2);
    // What lies in the sockets' own buffers comes on top.
    expect(sent).toBeLessThan(16 * megabyte);
    server.closeAllConnections();
    server.close();
  });
});
