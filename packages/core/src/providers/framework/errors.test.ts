import { exampleSignUp } from "@eventfork/testing/example-events";
import { expect, test } from "vitest";
import { CredentialsError, RateLimitedError, RejectedError, RetryableError } from "../../platform/errors.ts";
import { mailchimpErrors } from "../mailchimp/errors.ts";
import { analyticsErrors } from "../segment/errors.ts";
import { slackErrors } from "../slack/errors.ts";
import { type ErrorTable, privateValues, rowFor, shortAnswer, toDeliveryError } from "./errors.ts";

const classes = {
  retry: RetryableError,
  rate_limited: RateLimitedError,
  rejected: RejectedError,
  credentials: CredentialsError,
};

test.each(Object.entries<ErrorTable>({ analyticsErrors, mailchimpErrors, slackErrors }))(
  "every row of %s has advice, its source, and how to resume when it pauses the integration",
  (_name, table) => {
    for (const [code, row] of Object.entries(table)) {
      expect(row.source, code).toMatch(/^https:\/\//);
      expect(row.advice, code).toMatch(/^[A-Z].{20,}\.$/);
      if (row.means === "credentials") expect(row.advice, code).toContain("resume");
      const error = toDeliveryError("Somebody", row, { code, response: "answer" });
      expect(error, code).toBeInstanceOf(classes[row.means]);
      expect(error).toMatchObject({ code, response: "answer", message: `Somebody: ${code}. ${row.advice}` });
    }
  },
);

const transportRetries = ["aborted", "http_408", "http_5xx", "network_error", "timeout", "unreadable_response"];

test.each<[string, ErrorTable, { retry: string[]; rejected: string[] }]>([
  ["analytics", analyticsErrors, { retry: transportRetries, rejected: ["event_too_large", "http_400", "http_413"] }],
  [
    "Mailchimp",
    mailchimpErrors,
    {
      retry: ["Internal Server Error", "http_403", ...transportRetries],
      rejected: [
        "Bad Request",
        "Forgotten Email Not Subscribed",
        "Invalid Action",
        "Invalid Method Override",
        "Invalid Resource",
        "Invalid Resource: looks fake or invalid",
        "Invalid Resource: merge fields were invalid",
        "Invalid Resource: signed up to a lot of lists",
        "JSON Parse Error",
        "Member In Compliance State",
        "Requested Fields Invalid",
        "Resource Nesting Too Deep",
        "email_missing",
        "http_400",
        "http_422",
      ],
    },
  ],
  [
    "Slack",
    slackErrors,
    {
      retry: [
        "fatal_error",
        "internal_error",
        "message_limit_exceeded",
        "org_login_required",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        ...transportRetries,
      ],
      rejected: [
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "markdown_text_conflict",
        "metadata_too_large",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
      ],
    },
  ],
])(
  "%s: these responses are retried, these reject the event, and all others pause the integration",
  (_name, table, expected) => {
    const meaning = (means: string) => Object.keys(table).filter((key) => table[key]?.means === means);
    expect(meaning("retry").toSorted()).toEqual(expected.retry.toSorted());
    expect(meaning("rejected").toSorted()).toEqual(expected.rejected.toSorted());
  },
);

test("an unknown response is retried", () => {
  const error = toDeliveryError("Slack", rowFor(slackErrors, "brand_new_word"), { code: "brand_new_word" });
  expect(error).toBeInstanceOf(RetryableError);
  expect(rowFor(slackErrors, "toString")).toBe(rowFor(slackErrors, "brand_new_word"));
});

test("a response is shortened to one line, without personal data and secrets", () => {
  const event = exampleSignUp(1, { name: "Renée O'Neil", nested: { city: ["Gotham"] } });
  const text = "Key xoxb-1 refused:\n Renée O'Neil of Gotham <ada1@lovelace.dev>, other@person.dev, Neil\u0000 ";
  const answer = shortAnswer(text + "x".repeat(500), ["xoxb-1", ...privateValues([event])]);
  expect(answer).toMatch(/^Key … refused: … of … <…>, …, Neil x+…$/);
  expect(answer).toHaveLength(200);
});

test("personal data is removed from every response to a batch, not only from the first", () => {
  const hidden = privateValues([exampleSignUp(1, { name: "Renée" })]);
  const answers = [1, 2].map((attempt) => shortAnswer(`${attempt}: Renée is not allowed`, hidden));
  expect(answers).toEqual(["1: … is not allowed", "2: … is not allowed"]);
});
