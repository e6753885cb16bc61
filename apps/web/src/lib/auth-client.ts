import type { FormProblems } from "./form-problems.ts";

export type AuthAnswer = { ok: true; role: string } | { ok: false; problems: FormProblems };

const problemsByCode: Readonly<Record<string, FormProblems>> = {
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    email: "There is an account with this address already. Log in, or use another address.",
  },
  FAILED_TO_CREATE_USER: { form: "The account could not be made. Try again; if you have one already, log in." },
  INVALID_EMAIL: { email: "This is not an e-mail address. It should look like ada@example.com." },
  INVALID_EMAIL_OR_PASSWORD: { form: "This address and this password do not belong together." },
  PASSWORD_TOO_LONG: { form: "This address and this password do not belong together." },
};

const unreachable: FormProblems = { form: "The server cannot be reached. Check your connection and try again." };
const ourFault: FormProblems = { form: "Something went wrong on our side. Try again in a moment." };

/** Asks one of better-auth's endpoints, and puts what it refuses into words at the field that it is about. */
export async function askAuth(
  path: "/sign-up/email" | "/sign-in/email" | "/sign-out",
  body: object,
): Promise<AuthAnswer> {
  try {
    const response = await fetch(`/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = asRecord(await response.json().catch(() => null));
    if (response.ok) return { ok: true, role: String(asRecord(answer["user"])["role"] ?? "user") };
    return { ok: false, problems: readProblems(response, answer) };
  } catch {
    return { ok: false, problems: unreachable };
  }
}

function readProblems(response: Response, answer: Readonly<Record<string, unknown>>): FormProblems {
  if (response.status === 429) {
    const seconds = response.headers.get("x-retry-after") ?? "10";
    return { form: `Too many tries. Wait ${seconds} ${seconds === "1" ? "second" : "seconds"}, then try again.` };
  }
  if (response.status >= 500) return ourFault;
  const known = problemsByCode[String(answer["code"])];
  if (known !== undefined) return known;
  if (Array.isArray(answer["problems"])) {
    const problems = answer["problems"].map(asRecord);
    return Object.fromEntries(problems.map(({ path, message }) => [path || "form", String(message)]));
  }
  return typeof answer["message"] === "string" ? { form: answer["message"] } : ourFault;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
