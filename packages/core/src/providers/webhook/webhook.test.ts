import {
  deliverOptions,
  errorOf,
  everythingIn,
  exampleSignUp,
  exampleSignUps,
} from "@eventfork/testing/example-events";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { webhook } from "./index.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const nextSecret = "whsec_0123456789abcdef0123456789abcdef";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const connect = (env: Record<string, string> = {}) =>
  webhook.connect({ WEBHOOK_URL: `${server.url}/hooks/1`, WEBHOOK_SECRET: secret, WEBHOOK_NETWORK: "any", ...env });

/** Verifies with the standard's own library. */
function verify(key: string, index = 0): unknown {
  const { body, headers } = server.requests[index] ?? { body: "", headers: {} };
  const webhookHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return new Webhook(key).verify(body, webhookHeaders);
}

const now = () => new Date();

test("a receiver with the secret verifies the event, and one with another does not", async () => {
  const event = exampleSignUp(1, { name: "Zoë 🦊" });
  expect(await connect().deliver([event], { ...deliverOptions(), now })).toEqual([{ ok: true, response: "HTTP 200" }]);
  expect(verify(secret)).toEqual(event);
  expect(() => verify(nextSecret)).toThrow(/signature/i);
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    path: "/hooks/1",
    headers: { "content-type": "application/json", "webhook-id": "evt_1" },
  });
});

test("while a secret is rotated, receivers of the old one and of the new one verify it", async () => {
  await connect({ WEBHOOK_SECRET: `${secret} ${nextSecret}` }).deliver([exampleSignUp(1)], {
    ...deliverOptions(),
    now,
  });
  for (const key of [secret, nextSecret]) expect(verify(key)).toMatchObject({ id: "evt_1" });
});

test("a refused event fails alone", async () => {
  server.answerWith(({ headers }) => ({ status: headers["webhook-id"] === "evt_2" ? 422 : 200 }));
  const outcomes = await connect().deliver(exampleSignUps(3), deliverOptions());
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(errorOf(outcomes[1])).toMatchObject({ name: "RejectedError", code: "http_422" });
});

test.each([
  [410, "CredentialsError"],
  [404, "CredentialsError"],
  [400, "RejectedError"],
  [418, "RetryableError"],
])("a response of %i is a %s", async (status, error) => {
  server.answerWith({ status });
  const [outcome] = await connect().deliver([exampleSignUp(1)], deliverOptions());
  expect(errorOf(outcome).name).toBe(error);
});

test("an address in a private network pauses the integration, and nothing is sent", async () => {
  const env = { WEBHOOK_URL: "https://localhost:1/secret-hook", WEBHOOK_NETWORK: "public" };
  const [outcome] = await connect(env).deliver([exampleSignUp(1)], deliverOptions());
  expect(errorOf(outcome)).toMatchObject({ name: "CredentialsError", code: "address_refused" });
  expect(everythingIn(errorOf(outcome))).not.toContain("secret-hook");
});

test.each<[string, Record<string, string>, RegExp]>([
  ["http to the internet", { WEBHOOK_URL: "http://example.com/", WEBHOOK_NETWORK: "" }, /should begin with https/],
  ["any network on Lambda", { AWS_LAMBDA_FUNCTION_NAME: "w", WEBHOOK_URL: "https://example.com" }, /public on AWS/],
  ["a secret that is none", { WEBHOOK_SECRET: "hunter2hunter2hunter2hunter2" }, /whsec_/],
  ["a secret that is short", { WEBHOOK_SECRET: "whsec_c2hvcnQ=" }, /24 to 64 bytes/],
  ["no address", { WEBHOOK_URL: "example.com" }, /WEBHOOK_URL should be/],
])("%s is refused with a reason", (_what, env, words) => {
  expect(() => connect(env)).toThrow(words);
});
