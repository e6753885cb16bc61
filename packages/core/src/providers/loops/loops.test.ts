import { deliverOptions, errorOf, exampleSignUp, exampleSignUps } from "@eventfork/testing/example-events";
import { type HttpRecorder, type RecordedRequest, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loops } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const connect = (env: Record<string, string> = {}) =>
  loops.connect({ LOOPS_API_KEY: "key", LOOPS_API_URL: `${server.url}/api/`, ...env });
const sent = () => server.requests.map((request) => [request.method, request.path, JSON.parse(request.body)]);

function keepContacts() {
  const known = new Set<string>();
  server.answerWith((request: RecordedRequest) => {
    const { email } = JSON.parse(request.body);
    if (request.method === "POST" && known.has(email)) {
      return { status: 409, body: { success: false, message: "Email or userId is already on list." } };
    }
    known.add(email);
    return { body: { success: true, id: `id-${known.size}` } };
  });
  return known;
}

test("a person with consent is created or updated in one call, with the key, and added to the list", async () => {
  const known = keepContacts();
  const outcomes = await connect({ LOOPS_MAILING_LIST_ID: "list" }).deliver([exampleSignUp(1)], deliverOptions());
  expect(outcomes).toEqual([{ ok: true, response: "contact kept" }]);
  expect(server.requests[0]?.headers.authorization).toBe("Bearer key");
  expect(sent()).toEqual([
    [
      "PUT",
      "/api/v1/contacts/update",
      {
        email: "ada1@lovelace.dev",
        userId: "usr_1",
        firstName: "Ada",
        lastName: "Lovelace",
        mailingLists: { list: true },
      },
    ],
  ]);
  expect(known.size).toBe(1);
});

test("a person without consent gets no mail, and a known contact's choices never change", async () => {
  keepContacts();
  const event = exampleSignUp(1, { marketingConsent: false });
  const listed = connect({ LOOPS_MAILING_LIST_ID: "list" });
  expect(await listed.deliver([event], deliverOptions())).toMatchObject([{ response: "contact without mail" }]);
  expect(await listed.deliver([event], deliverOptions())).toMatchObject([{ response: "contact kept" }]);
  const [created, refused, updated] = sent();
  expect(created).toMatchObject(["POST", "/api/v1/contacts/create", { subscribed: false }]);
  expect(refused?.[0]).toBe("POST");
  expect(updated?.[0]).toBe("PUT");
  expect(updated?.[2]).not.toHaveProperty("subscribed");
  for (const [, , body] of sent()) expect(body).not.toHaveProperty("mailingLists", { list: true });
});

test("no more than two calls are open at once, below what Loops takes", async () => {
  server.answerWith(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { body: { success: true } };
  });
  await connect().deliver(exampleSignUps(12), deliverOptions());
  expect(server.requests).toHaveLength(12);
  expect(server.mostOpen()).toBeLessThanOrEqual(2);
});

test("an event without an address and one that Loops refuses fail alone", async () => {
  server.answerWith((request) => (request.body.includes("usr_2") ? { status: 400, body: { success: false } } : {}));
  const events = [exampleSignUp(1), exampleSignUp(2), exampleSignUp(3, { email: " " })];
  const outcomes = await connect().deliver(events, deliverOptions());
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false]);
  expect(errorOf(outcomes[1])).toMatchObject({ name: "RejectedError", code: "http_400" });
  expect(errorOf(outcomes[2])).toMatchObject({ name: "RejectedError", code: "email_missing" });
});

test("a rate limit without Retry-After has a default wait", async () => {
  server.answerWith({ status: 429, headers: { "x-ratelimit-limit": "10" } });
  const [outcome] = await connect().deliver([exampleSignUp(1)], deliverOptions());
  expect(errorOf(outcome)).toMatchObject({ name: "RateLimitedError", retryAfterSeconds: 2 });
});
