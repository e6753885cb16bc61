export type FormProblems = Readonly<Record<string, string>>;

export type DoneAnswer = { ok: true; role: string; isSignedIn: boolean };
export type AuthFormAnswer = DoneAnswer | { ok: false; problems: FormProblems };

const problemsByCode: Readonly<Record<string, FormProblems>> = {
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: {
    email: "There is an account with this address already. Log in, or use another address.",
  },
  INVALID_EMAIL: { email: "This is not an e-mail address. It should look like ada@example.com." },
  INVALID_EMAIL_OR_PASSWORD: { form: "Wrong e-mail address or password." },
  EMAIL_NOT_VERIFIED: {
    form: "This address is not confirmed yet. We have sent another link to it: follow it, and you are logged in.",
  },
  INVALID_PASSWORD: { currentPassword: "This is not your password." },
  INVALID_TOKEN: { form: "This link has expired or was used already. Ask for a new one." },
  PASSWORD_TOO_LONG: { form: "Wrong e-mail address or password." },
};

export const unreachable: FormProblems = { form: "The server cannot be reached. Check your connection and try again." };
export const ourFault: FormProblems = { form: "Something went wrong on our side. Try again in a moment." };

export type AuthPath =
  | "/sign-up/email"
  | "/sign-in/email"
  | "/sign-out"
  | "/change-password"
  | "/request-password-reset"
  | "/reset-password"
  | "/send-verification-email";

export async function postAuth(path: AuthPath, body: object): Promise<AuthFormAnswer> {
  try {
    const headers = { "content-type": "application/json" };
    return await readAuthAnswer(
      await fetch(`/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    );
  } catch {
    return { ok: false, problems: unreachable };
  }
}

export async function readAuthAnswer(response: Response): Promise<AuthFormAnswer> {
  const answer = asRecord(await response.json().catch(() => null));
  const role = String(answer["role"] ?? "user");
  if (response.ok) return { ok: true, role, isSignedIn: answer["isSignedIn"] === true };
  return { ok: false, problems: readProblems(response, answer) };
}

function readProblems(response: Response, answer: Readonly<Record<string, unknown>>): FormProblems {
  if (response.status === 429) {
    const seconds = response.headers.get("x-retry-after") ?? "10";
    return { form: `Too many attempts. Wait ${seconds} ${seconds === "1" ? "second" : "seconds"}, then try again.` };
  }
  if (answer["code"] === "BUSY" || answer["code"] === "MAINTENANCE") return { form: String(answer["message"]) };
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
