import { z } from "zod";
import type { Refusal } from "../faults.ts";

/** Mailchimp's limits. Sources: its fundamentals page, its help page on audience fields. */
export const connectionLimit = 10;
const fieldLength = 255;

const emailSchema = z.email();

const fakeDomains = new Set(["example.com", "example.net", "example.org"]);

export type MailchimpProblem = {
  status: number;
  title: string;
  detail: string;
  errors?: { field: string; message: string }[];
};

export const refuseMailchimp: Refusal = ({ status, code, retryAfterSeconds }) =>
  toResponse(
    { status: status ?? 400, title: code ?? titleOf(status), detail: "A fault of the sandbox." },
    retryAfterSeconds,
  );

const problem = (status: number, title: string, detail: string): MailchimpProblem => ({ status, title, detail });

export const notFound = problem(404, "Resource Not Found", "The requested resource could not be found.");
export const keyMissing = problem(401, "API Key Missing", "Your request did not include an API key.");
export const keyInvalid = problem(
  401,
  "API Key Invalid",
  "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
);
export const tooManyRequests = problem(
  429,
  "Too Many Requests",
  `You have exceeded the limit of ${connectionLimit} simultaneous connections.`,
);
export const invalidResource = problem(
  400,
  "Invalid Resource",
  "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
);

export function complianceState(email: string): MailchimpProblem {
  const detail = `${email} is already a list member in compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`;
  return problem(400, "Member In Compliance State", detail);
}

export function checkEmail(email: string): MailchimpProblem | undefined {
  const [local = "", domain = ""] = email.toLowerCase().split("@");
  const [character] = local.split("+");
  if (!emailSchema.safeParse(email).success) {
    return {
      ...invalidResource,
      detail: "Please provide a valid email address.",
      errors: [{ field: "email_address", message: "This value is not a valid email address." }],
    };
  }
  if (fakeDomains.has(domain) || character === "fake") {
    return { ...invalidResource, detail: `${email} looks fake or invalid, please enter a real email address.` };
  }
  if (character === "busy") {
    const detail = `${email} has signed up to a lot of lists very recently; we're not allowing more signups for now`;
    return { ...invalidResource, detail };
  }
  if (character === "forgotten") return forgottenEmail(email);
  return character === "compliance" ? complianceState(email) : undefined;
}

export function forgottenEmail(email: string): MailchimpProblem {
  const detail = `${email} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`;
  return problem(400, "Forgotten Email Not Subscribed", detail);
}

export function checkFields(fields: Record<string, unknown> = {}): MailchimpProblem | undefined {
  const errors = Object.entries(fields)
    .filter(([, value]) => typeof value !== "string" || value.length > fieldLength)
    .map(([field]) => ({ field, message: `Please enter ${fieldLength} characters or fewer` }));
  return errors.length === 0 ? undefined : { ...invalidResource, detail: "Your merge fields were invalid.", errors };
}

export function invalid(error: z.ZodError): MailchimpProblem {
  const errors = error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
  return { ...invalidResource, errors };
}

function titleOf(status = 400): string {
  const titles: Record<number, string> = {
    400: "Bad Request",
    401: "API Key Invalid",
    403: "Forbidden",
    404: "Resource Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
  };
  return titles[status] ?? "Service Unavailable";
}

export function toResponse({ status, ...problem }: MailchimpProblem, retryAfterSeconds?: number): Response {
  const type = "https://mailchimp.com/developer/marketing/docs/errors/";
  return new Response(JSON.stringify({ type, status, ...problem, instance: crypto.randomUUID() }), {
    status,
    headers: {
      "content-type": "application/problem+json; charset=utf-8",
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
    },
  });
}
