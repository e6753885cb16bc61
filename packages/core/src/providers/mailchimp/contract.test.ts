import { describeContract } from "@eventfork/testing/contract";
import type { RecordedRequest } from "@eventfork/testing/http-recorder";
import { mailchimp } from "./index.ts";

const bodyOf = (request: RecordedRequest) => JSON.parse(request.body);
const emailsOf = (request: RecordedRequest): string[] =>
  bodyOf(request).members.map((member: { email_address: string }) => member.email_address);

describeContract(mailchimp, {
  env: (url) => ({
    MAILCHIMP_API_KEY: "key-us1",
    MAILCHIMP_LIST_ID: "list-id",
    MAILCHIMP_API_URL: `${url}/3.0`,
  }),
  accept: (request) => ({ body: { new_members: emailsOf(request).map((email_address) => ({ email_address })) } }),
  credentialsRefused: { status: 401, body: { title: "API Key Invalid", detail: "Your API key may be invalid." } },
  idempotencyKeys: emailsOf,
});
