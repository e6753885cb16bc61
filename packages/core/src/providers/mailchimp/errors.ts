import {
  credentials,
  type ErrorRow,
  type ErrorTable,
  rateLimited,
  rejected,
  retry,
  rowFor,
  statusKeys,
  transportErrors,
} from "../framework/errors.ts";

const glossary = "https://mailchimp.com/developer/marketing/docs/errors/";
const fundamentals = "https://mailchimp.com/developer/marketing/docs/fundamentals/";
const members = "https://mailchimp.com/developer/marketing/api/list-members/add-or-update-list-member/";
const compliance = "https://mailchimp.com/help/about-api-compliance/";

const refused = (advice: string) => rejected(advice, glossary);
const pausing = (advice: string) => credentials(advice, glossary);

/**
 * Keyed by title or `title: words of the detail`. The glossary writes `ResourceNotFound`, the API `Resource Not Found`.
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
  "Invalid Resource": refused("Mailchimp refuses this member's data: read the answer, correct it, then replay."),
  "Bad Request": refused("Mailchimp cannot read the request: read the answer."),
  "Invalid Action": refused("Mailchimp does not do this for this member: read the answer."),
  "JSON Parse Error": refused("Mailchimp cannot read the request's JSON: read the answer."),
  "API Key Missing": pausing("Mailchimp was sent no key: set MAILCHIMP_API_KEY, then resume."),
  "API Key Invalid": pausing("The key is wrong or was revoked: set MAILCHIMP_API_KEY to a new one, then resume."),
  "User Disabled": pausing("The account of this key is disabled: ask its owner, then resume."),
  "Wrong Datacenter": pausing(
    "The key belongs to another data centre: use the whole key with its suffix and correct MAILCHIMP_API_URL, then resume.",
  ),
  Forbidden: pausing("The key may not write to this audience: use the key of someone who may, then resume."),
  "Resource Not Found": pausing("There is no such audience: set MAILCHIMP_LIST_ID to its id, then resume."),
  "Method Not Allowed": pausing("The address takes no such call: correct MAILCHIMP_API_URL, then resume."),
  "Resource Nesting Too Deep": refused("Mailchimp finds the address of this member too long: read the answer."),
  "Invalid Method Override": refused("Mailchimp refuses the kind of call: read the answer."),
  "Requested Fields Invalid": refused("Mailchimp does not know a field that was asked for: read the answer."),
  "Too Many Requests": rateLimited("More than 10 calls were open at once for this key.", fundamentals),
  "Internal Server Error": retry("Mailchimp has a fault of its own. Check its status page.", glossary),
  "Compliance Related": pausing("The account is blocked for compliance: settle it with Mailchimp, then resume."),
  http_400: refused("Mailchimp refuses this request: read the answer."),
  http_401: pausing("The key is not accepted: set MAILCHIMP_API_KEY, then resume."),
  http_403: retry(
    "Mailchimp, or a proxy before it, turns calls away without a reason, as under very high load.",
    fundamentals,
  ),
  http_404: pausing("There is no Mailchimp API at this address: correct MAILCHIMP_API_URL, then resume."),
  http_405: pausing("The address takes no such call: correct MAILCHIMP_API_URL, then resume."),
  http_422: refused("Mailchimp refuses this request: read the answer."),
} as const satisfies ErrorTable;

export function mailchimpRow(status: number, problem?: { title: string; detail: string }): ErrorRow {
  const key = problem === undefined ? undefined : Object.keys(mailchimpErrors).find((row) => isRowOf(row, problem));
  return rowFor(mailchimpErrors, ...(key === undefined ? statusKeys(status) : [key]));
}

function isRowOf(key: string, problem: { title: string; detail: string }): boolean {
  const [title = "", words = ""] = key.split(": ");
  return squash(title) === squash(problem.title) && problem.detail.includes(words);
}

function squash(title: string): string {
  return title.replace(/[^a-z]/gi, "").toLowerCase();
}
