import { createHash } from "node:crypto";
import {
  deliverOptions,
  errorOf,
  everythingIn,
  exampleSignUp,
  exampleSignUps,
} from "@eventfork/testing/example-events";
import {
  type HttpRecorder,
  type RecordedRequest,
  type RecorderAnswer,
  startHttpRecorder,
} from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ErrorTable } from "../framework/errors.ts";
import { mailchimpErrors } from "./errors.ts";
import { mailchimp } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const connect = (env: Record<string, string> = {}) =>
  mailchimp.connect({
    MAILCHIMP_API_KEY: "secret-us19",
    MAILCHIMP_LIST_ID: "list1",
    MAILCHIMP_API_URL: `${server.url}/server/3.0/`,
    ...env,
  });

type Batch = { members: { email_address: string }[] };
const batchOf = (request?: RecordedRequest): Batch => JSON.parse(request?.body ?? "");
const hashOf = (email: string) => createHash("md5").update(email).digest("hex");
const isBatch = (request: RecordedRequest) => request.path.startsWith("/server/3.0/lists/list1?");

function answerBatches(
  errors: Record<string, string>,
  single: (request: RecordedRequest) => RecorderAnswer = () => ({}),
) {
  server.answerWith((request) => {
    if (!isBatch(request)) return single(request);
    const emails = batchOf(request).members.map(({ email_address }) => email_address);
    return {
      body: {
        new_members: emails.filter((email) => !(email in errors)).map((email_address) => ({ email_address })),
        updated_members: [],
        errors: emails
          .filter((email) => email in errors)
          .map((email) => ({ email_address: email, error_code: errors[email] })),
      },
    };
  });
}

describe("requests", () => {
  test("a batch of new members is one call that changes no existing member", async () => {
    answerBatches({});
    const outcomes = await connect().deliver(exampleSignUps(100), deliverOptions());
    expect(outcomes).toEqual(Array.from({ length: 100 }, () => ({ ok: true, response: "new member" })));
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: "POST",
      path: "/server/3.0/lists/list1?skip_merge_validation=true",
      headers: {
        authorization: `Basic ${Buffer.from("user:secret-us19").toString("base64")}`,
        "content-type": "application/json",
      },
    });
    expect(batchOf(request).members).toHaveLength(100);
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ update_existing: false });
    expect(batchOf(request).members[0]).toEqual({
      email_address: "ada1@lovelace.dev",
      email_type: "html",
      status: "pending",
      merge_fields: { FNAME: "Ada", LNAME: "Lovelace" },
      tags: ["source:web"],
      timestamp_signup: "2026-11-23T10:00:00+00:00",
    });
  });

  test.each([
    [true, {}, "pending"],
    [true, { MAILCHIMP_CONSENTED_STATUS: "subscribed" }, "subscribed"],
    [false, { MAILCHIMP_CONSENTED_STATUS: "subscribed" }, "transactional"],
    [undefined, {}, "transactional"],
    ["yes", {}, "transactional"],
  ])("consent %j with %j makes a new member %s", async (marketingConsent, env, status) => {
    answerBatches({});
    await connect(env).deliver([exampleSignUp(1, { marketingConsent })], deliverOptions());
    expect(batchOf(server.requests[0]).members[0]).toMatchObject({ status });
  });

  test.each([
    ["Ada", { FNAME: "Ada" }],
    ["  Ada  King  Lovelace ", { FNAME: "Ada", LNAME: "King  Lovelace" }],
    ["x".repeat(300), { FNAME: "x".repeat(255) }],
    ["", undefined],
    [undefined, undefined],
  ])("the name %j fills the fields %j and empties none", async (name, merge_fields) => {
    answerBatches({});
    await connect().deliver([exampleSignUp(1, { name })], deliverOptions());
    const [member] = batchOf(server.requests[0]).members;
    expect(member).toEqual(expect.objectContaining(merge_fields === undefined ? {} : { merge_fields }));
    if (merge_fields === undefined) expect(member).not.toHaveProperty("merge_fields");
  });

  test("an existing member gets the new name and tag, and keeps the status", async () => {
    answerBatches({ "Ada1@Lovelace.dev": "ERROR_CONTACT_EXISTS" }, ({ path }) =>
      path.endsWith("/tags") ? { status: 204 } : {},
    );
    const outcomes = await connect().deliver([exampleSignUp(1, { email: "Ada1@Lovelace.dev" })], deliverOptions());
    expect(outcomes).toEqual([{ ok: true, response: "member refreshed" }]);
    const member = `/server/3.0/lists/list1/members/${hashOf("ada1@lovelace.dev")}`;
    expect(server.requests.slice(1).map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      [
        "PUT",
        `${member}?skip_merge_validation=true`,
        {
          email_address: "Ada1@Lovelace.dev",
          merge_fields: { FNAME: "Ada", LNAME: "Lovelace" },
          status_if_new: "pending",
        },
      ],
      ["POST", `${member}/tags`, { tags: [{ name: "source:web", status: "active" }] }],
    ]);
  });

  test("a member that the batch refuses is attempted alone, and only its events fail", async () => {
    answerBatches({ "ada2@lovelace.dev": "ERROR_GENERIC", "ada3@lovelace.dev": "ERROR_GENERIC" }, ({ path }) =>
      path.includes(hashOf("ada2@lovelace.dev"))
        ? { status: 400, body: { title: "Forgotten Email Not Subscribed", detail: "ada2@lovelace.dev is gone" } }
        : {},
    );
    const outcomes = await connect().deliver(exampleSignUps(4), deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true, true]);
    expect(errorOf(outcomes[1])).toMatchObject({ name: "RejectedError", code: "Forgotten Email Not Subscribed" });
  });

  test("a member that the batch's response omits is put, not counted as done", async () => {
    server.answerWith((request) => (isBatch(request) ? { body: { new_members: [], errors: [] } } : {}));
    const outcomes = await connect().deliver([exampleSignUp(1)], deliverOptions());
    expect(outcomes).toEqual([{ ok: true, response: "member refreshed" }]);
    expect(server.requests.map(({ method }) => method)).toEqual(["POST", "PUT", "POST"]);
  });

  test("one address in several events is sent once, the latest data winning, and every event has an outcome", async () => {
    answerBatches({});
    const events = [
      exampleSignUp(
        1,
        { email: "ADA@x.dev", name: "New Name", marketingConsent: undefined },
        { time: "2026-11-23T12:00:00.000Z" },
      ),
      exampleSignUp(2, { email: "ada@x.dev ", name: "Old Name" }, { time: "2026-11-23T11:00:00.000Z", source: "cli" }),
      exampleSignUp(3, {}, { time: "2026-11-23T13:00:00.000Z" }),
    ];
    const outcomes = await connect().deliver(events, deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(batchOf(server.requests[0]).members).toMatchObject([
      {
        email_address: "ADA@x.dev",
        merge_fields: { FNAME: "New", LNAME: "Name" },
        status: "pending",
        tags: ["source:cli", "source:web"],
        timestamp_signup: "2026-11-23T11:00:00+00:00",
      },
      { email_address: "ada3@lovelace.dev" },
    ]);
  });

  test.each([undefined, "", "  ", 7])(
    "an event with the e-mail address %j is refused without a call",
    async (email) => {
      const error = errorOf((await connect().deliver([exampleSignUp(1, { email })], deliverOptions()))[0]);
      expect(error).toMatchObject({ name: "RejectedError", code: "email_missing" });
      expect(server.requests).toEqual([]);
    },
  );

  test("more than 500 members are sent in batches of 500", async () => {
    answerBatches({});
    const outcomes = await connect().deliver(exampleSignUps(501), deliverOptions());
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(server.requests.map((request) => batchOf(request).members.length)).toEqual([500, 1]);
  });

  test("4 calls are open at once, and never more", async () => {
    let held: (() => void)[] = [];
    server.answerWith(async (request) => {
      if (isBatch(request)) return { body: { new_members: [] } };
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length < 4) return;
        for (const release of held) release();
        held = [];
      });
      return {};
    });
    await connect().deliver(exampleSignUps(20), deliverOptions());
    expect(server.requests).toHaveLength(41);
    expect(server.mostOpen()).toBe(4);
  });

  test("two connections with different settings do not share them, as the SDK's own client would", async () => {
    answerBatches({});
    const [one, two] = [connect(), connect({ MAILCHIMP_API_KEY: "other-us1" })];
    await one.deliver([exampleSignUp(1)], deliverOptions());
    await two.deliver([exampleSignUp(2)], deliverOptions());
    const keys = server.requests.map(({ headers }) =>
      Buffer.from(headers.authorization?.slice(6) ?? "", "base64").toString(),
    );
    expect(keys).toEqual(["user:secret-us19", "user:other-us1"]);
  });
});

const means = {
  retry: "RetryableError",
  rate_limited: "RateLimitedError",
  rejected: "RejectedError",
  credentials: "CredentialsError",
};
const titles = Object.entries<ErrorTable[string]>(mailchimpErrors).filter(([key]) => /^[A-Z]/.test(key));
const statuses: [number, keyof typeof mailchimpErrors][] = [
  [302, "http_3xx"],
  [400, "http_400"],
  [401, "http_401"],
  [403, "http_403"],
  [404, "http_404"],
  [405, "http_405"],
  [408, "http_408"],
  [422, "http_422"],
  [429, "http_429"],
  [502, "http_5xx"],
];

describe("responses", () => {
  test("every row of the table has a test, or is no HTTP response", () => {
    const asked = [...titles.map(([key]) => key), ...statuses.map(([, key]) => key)];
    const others = Object.keys(mailchimpErrors).filter((key) => !asked.includes(key));
    expect(others.toSorted()).toEqual(["aborted", "email_missing", "network_error", "timeout", "unreadable_response"]);
  });

  test.each(titles)("the problem %s is its row of the table", async (key, row) => {
    const [title = "", words = ""] = key.split(": ");
    const body = {
      title,
      detail: `ada1@lovelace.dev ${words}.`,
      errors: [{ field: "FNAME", message: "Lovelace is wrong" }],
    };
    const contentType = "application/problem+json; charset=utf-8";
    server.answerWith({ status: 400, headers: { "content-type": contentType, "retry-after": "12" }, body });
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error).toMatchObject({ name: means[row.means], code: title });
    expect(error.message).toBe(`Mailchimp: ${title}. ${row.advice}`);
    expect(error.response).toBe(`HTTP 400 ${title} … ${words}. FNAME: … is wrong`);
    if (row.means === "retry" || row.means === "rate_limited") expect(error).toMatchObject({ retryAfterSeconds: 12 });
    expect(server.requests).toHaveLength(1);
  });

  test("the glossary's spelling of a title means the same", async () => {
    server.answerWith({ status: 404, body: { title: "ResourceNotFound", detail: "" } });
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error).toMatchObject({ name: "CredentialsError", code: "ResourceNotFound" });
  });

  test.each(statuses)("status %i without a problem document is the row %s", async (status, key) => {
    server.answerWith({ status, headers: { location: "/x" }, body: "<h1>ada1@lovelace.dev</h1>" });
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    const row: ErrorTable[string] = mailchimpErrors[key];
    expect(error).toMatchObject({ name: means[row.means], code: `http_${status}`, response: `HTTP ${status}` });
    expect(error.message).toContain(row.advice);
    expect(server.requests).toHaveLength(1);
  });

  test.each(["<h1>Hello</h1>", JSON.stringify({ new_members: 7 })])("the success %s is retried", async (body) => {
    server.answerWith({ body, headers: { "content-type": "application/json" } });
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error).toMatchObject({ name: "RetryableError", code: "unreadable_response" });
  });

  test.each([
    ["Too Many Requests", 429, "RateLimitedError"],
    ["API Key Invalid", 401, "CredentialsError"],
  ])("after %s no further member is put, and the rest wait with the same error", async (title, status, name) => {
    const existing = Object.fromEntries(
      exampleSignUps(40).map(({ data }) => [String(data.email), "ERROR_CONTACT_EXISTS"]),
    );
    answerBatches(existing, () => ({ status, body: { title } }));
    const outcomes = await connect().deliver(exampleSignUps(41), deliverOptions());
    expect(outcomes[40]?.ok).toBe(true);
    for (const outcome of outcomes.slice(0, 40)) expect(errorOf(outcome)).toMatchObject({ name, code: title });
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });

  test("a batch that is refused as a whole is halved until only the member at fault is refused", async () => {
    server.answerWith((request) => {
      const emails = batchOf(request).members.map(({ email_address }) => email_address);
      if (emails.includes("ada3@lovelace.dev")) return { status: 400, body: { title: "Invalid Resource" } };
      return { body: { new_members: emails.map((email_address) => ({ email_address })) } };
    });
    const outcomes = await connect().deliver(exampleSignUps(8), deliverOptions());
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true, true, true]);
  });

  test("a member deleted before being tagged is retried, and does not pause the integration", async () => {
    answerBatches({ "ada1@lovelace.dev": "ERROR_CONTACT_EXISTS" }, ({ path }) =>
      path.endsWith("/tags") ? { status: 404, body: { title: "Resource Not Found" } } : {},
    );
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error).toMatchObject({ name: "RetryableError", code: "Resource Not Found" });
  });

  test("the consumer's signal ends every open call immediately", async () => {
    server.answerWith("hang");
    const controller = new AbortController();
    const arrival = server.arrival();
    const delivery = connect().deliver(exampleSignUps(3), deliverOptions(controller.signal));
    await arrival;
    controller.abort();
    expect((await delivery).map((outcome) => errorOf(outcome).code)).toEqual(["aborted", "aborted", "aborted"]);
  });

  test("a reset connection is retried", async () => {
    server.answerWith("reset");
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    expect(error.name).toBe("RetryableError");
  });

  test("no error repeats the key or the person, even when the service echoes the call", async () => {
    server.answerWith(({ body, headers }) => ({
      status: 400,
      body: {
        title: `secret-us19 ${headers.authorization}`,
        detail: body,
        errors: [{ field: "Lovelace", message: body }],
      },
    }));
    const error = errorOf((await connect().deliver([exampleSignUp(1)], deliverOptions()))[0]);
    for (const secret of ["secret-us19", "dXNlcjpz", "lovelace", "Lovelace"]) {
      expect(everythingIn(error)).not.toContain(secret);
    }
  });
});

test("missing settings are named, with their form", () => {
  expect(() => mailchimp.connect({ MAILCHIMP_API_KEY: "abc" })).toThrow(
    /MAILCHIMP_API_KEY should end in its data centre[\s\S]*MAILCHIMP_LIST_ID is not set/,
  );
});
