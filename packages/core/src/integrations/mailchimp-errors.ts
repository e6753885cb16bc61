import {
  credentials,
  type ErrorRow,
  type ErrorTable,
  rejected,
  retry,
  rowFor,
  statusKeys,
  transportErrors,
} from "./errors.ts";

const glossary = "https://mailchimp.com/developer/marketing/docs/errors/";
const fundamentals = "https://mailchimp.com/developer/marketing/docs/fundamentals/";
const members = "https://mailchimp.com/developer/marketing/api/list-members/add-or-update-list-member/";
const compliance = "https://mailchimp.com/help/about-api-compliance/";

/**
 * Mailchimp's problem documents by their title, or by `title: words of the detail` where one title has several
 * meanings: the longer keys come first. Titles are compared without spaces and case: the glossary writes
 * `ResourceNotFound`, the API `Resource Not Found`.
 */
export const mailchimpErrors = {
  ...transportErrors,
  email_missing: rejected(
    "The event's data has no e-mail address: have its producer send one, or leave it out by the rule.",
    members,
  ),
  "Forgotten Email Not Subscribed": rejected(
    "This address was permanently deleted and cannot be imported: only the person can come back, through a Mailchimp form.",
    compliance,
  ),
  "Member In Compliance State": rejected(
    "This address has unsubscribed, bounced or is under review: only the person can come back, through a Mailchimp form.",
    compliance,
  ),
  "Invalid Resource: looks fake or invalid": rejected(
    "Mailchimp takes this address for a fake one: have the person correct it.",
    members,
  ),
  "Invalid Resource: signed up to a lot of lists": rejected(
    "Mailchimp holds this address back because it joined many lists just now: replay it tomorrow.",
    members,
  ),
  "Invalid Resource: merge fields were invalid": rejected(
    "The audience refuses a name: make the types of its merge fields FNAME and LNAME text, then replay.",
    members,
  ),
  "Invalid Resource": rejected(
    "Mailchimp refuses this member's data: read the answer, correct it, then replay.",
    glossary,
  ),
  "Bad Request": rejected("Mailchimp cannot read the request: read the answer.", glossary),
  "Invalid Action": rejected("Mailchimp does not do this for this member: read the answer.", glossary),
  "JSON Parse Error": rejected("Mailchimp cannot read the request's JSON: read the answer.", glossary),
  "API Key Missing": credentials("Mailchimp was sent no key: set MAILCHIMP_API_KEY, then resume.", glossary),
  "API Key Invalid": credentials(
    "The key is wrong or was revoked: set MAILCHIMP_API_KEY to a new one, then resume.",
    glossary,
  ),
  "User Disabled": credentials("The account of this key is disabled: ask its owner, then resume.", glossary),
  "Wrong Datacenter": credentials(
    "The key belongs to another data centre: use the whole key with its suffix and correct MAILCHIMP_API_URL, then resume.",
    glossary,
  ),
  Forbidden: credentials(
    "The key may not write to this audience: use the key of someone who may, then resume.",
    glossary,
  ),
  "Resource Not Found": credentials(
    "There is no such audience: set MAILCHIMP_LIST_ID to its id, then resume.",
    glossary,
  ),
  "Method Not Allowed": credentials(
    "The address takes no such call: correct MAILCHIMP_API_URL, then resume.",
    glossary,
  ),
  "Resource Nesting Too Deep": rejected(
    "Mailchimp finds the address of this member too long: read the answer.",
    glossary,
  ),
  "Invalid Method Override": rejected("Mailchimp refuses the kind of call: read the answer.", glossary),
  "Requested Fields Invalid": rejected(
    "Mailchimp does not know a field that was asked for: read the answer.",
    glossary,
  ),
  "Too Many Requests": retry("More than 10 calls were open at once for this key.", fundamentals),
  "Internal Server Error": retry("Mailchimp has a fault of its own. Check its status page.", glossary),
  "Compliance Related": credentials(
    "The account is blocked for compliance: settle it with Mailchimp, then resume.",
    glossary,
  ),
  http_400: rejected("Mailchimp refuses this request: read the answer.", glossary),
  http_401: credentials("The key is not accepted: set MAILCHIMP_API_KEY, then resume.", glossary),
  http_403: retry(
    "Mailchimp, or a proxy before it, turns calls away without a reason, as under very high load.",
    fundamentals,
  ),
  http_404: credentials("There is no Mailchimp API at this address: correct MAILCHIMP_API_URL, then resume.", glossary),
  http_405: credentials("The address takes no such call: correct MAILCHIMP_API_URL, then resume.", glossary),
  http_422: rejected("Mailchimp refuses this request: read the answer.", glossary),
} as const satisfies ErrorTable;

export function mailchimpRow(status: number, problem?: { title: string; detail: string }): ErrorRow {
  const key = problem === undefined ? undefined : Object.keys(mailchimpErrors).find((row) => isSaidBy(row, problem));
  return rowFor(mailchimpErrors, ...(key === undefined ? statusKeys(status) : [key]));
}

function isSaidBy(key: string, problem: { title: string; detail: string }): boolean {
  const [title = "", words = ""] = key.split(": ");
  return squash(title) === squash(problem.title) && problem.detail.includes(words);
}

function squash(title: string): string {
  return title.replace(/[^a-z]/gi, "").toLowerCase();
}
