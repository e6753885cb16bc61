import { APIError } from "better-auth/api";
import { z } from "zod";
import { EventforkError } from "../../platform/errors.ts";
import { emailAddress, inputText, inputTextOr, parseInput, toAsciiDomain } from "../../platform/input.ts";
import { isCommonPassword } from "./passwords.ts";

/** NIST SP 800-63B requires at least 8 characters; RFC 5321 allows an address 254. */
export const passwordLength = { min: 8, max: 128 } as const;
export const nameLength = { max: 200 } as const;
export const emailLength = { max: 254 } as const;

const controlCharacters = /\p{Cc}/u;

/** These characters reverse neighboring text. Arabic and Hebrew names need none. */
const directionControls = /[\u202A-\u202E\u2066-\u2069]/;

const emailInput = inputTextOr("Give your e-mail address.")

  .trim()
  .min(1, "Give your e-mail address.")
  .max(emailLength.max, `An address has ${emailLength.max} characters at most.`)
  .pipe(emailAddress("This is not an e-mail address. It should look like ada@example.com."));

export const nameInput = inputTextOr("Give your name.")
  .trim()
  .min(1, "Give your name.")
  .max(nameLength.max, `Use ${nameLength.max} characters at most.`)
  .refine((text) => !controlCharacters.test(text), "A name cannot have control characters.")
  .refine((text) => !directionControls.test(text), "A name cannot change the direction of text.");

const commonPassword = "Many people have this password, and it is guessed first. Choose another.";

const passwordText = inputTextOr("Choose a password.")
  .min(passwordLength.min, `Use at least ${passwordLength.min} characters.`)
  .max(passwordLength.max, `Use ${passwordLength.max} characters at most.`);

const isUncommon = async (password: string) =>
  password.length < passwordLength.min || !(await isCommonPassword(password));

const passwordInput = passwordText.refine(isUncommon, commonPassword);

/** Strict, so that nobody sets a role. */
const signUpInput = z
  .strictObject({
    name: nameInput,
    email: emailInput,
    password: passwordInput,
    marketingConsent: z.boolean({ error: "should be true or false" }).default(false),
    rememberMe: z.boolean({ error: "should be true or false" }).optional(),
    callbackURL: inputText.optional(),
  })
  .refine(({ email, password }) => password.toLowerCase() !== email.toLowerCase(), {
    path: ["password"],
    message: "Your address is no password. Choose another.",
  });

const credentialsInput = z.object({ name: nameInput, email: emailInput, password: passwordText });

/** @throws EventforkError `INVALID` at the field. */
export async function parseCredentials(input: z.input<typeof credentialsInput>) {
  const credentials = parseInput(credentialsInput, input);
  if (await isUncommon(credentials.password)) return credentials;
  throw new EventforkError("INVALID", commonPassword, { problems: [{ path: "password", message: commonPassword }] });
}

export type Credentials = z.input<typeof credentialsInput>;

const token = inputTextOr("The link is not complete.").min(1, "The link is not complete.").max(200);

const inputs: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = {
  "/sign-up/email": signUpInput,
  "/sign-in/email": z.looseObject({
    email: z.unknown().transform((email) => (typeof email === "string" ? toAsciiDomain(email) : email)),
  }),
  "/request-password-reset": z.strictObject({ email: emailInput }),
  "/send-verification-email": z.strictObject({ email: emailInput }),
  "/reset-password": z.strictObject({ token, newPassword: passwordInput }),
  "/change-password": z
    .strictObject({
      currentPassword: inputTextOr("Give your password.").max(1_000),
      newPassword: passwordInput,
    })
    .transform((input) => ({ ...input, revokeOtherSessions: true })),
};

/** @throws APIError 400, each problem with its path. */
export async function parseAuthInput(path: string, body: unknown): Promise<Record<string, unknown> | undefined> {
  const schema = inputs[path];
  if (schema === undefined) return undefined;
  const parsed = await schema.safeParseAsync(body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const message = problems.map((problem) => (problem.path ? `${problem.path}: ${problem.message}` : problem.message));
  throw new APIError("BAD_REQUEST", { code: "INVALID_INPUT", message: message.join(" "), problems });
}
