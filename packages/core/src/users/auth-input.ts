import { APIError } from "better-auth/api";
import { z } from "zod";
import { emailInput, passwordInput, signUpInput } from "./credentials.ts";

const token = z.string({ error: "The link is not complete." }).min(1, "The link is not complete.").max(200);

const inputs: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = {
  "/sign-up/email": signUpInput,
  "/request-password-reset": z.strictObject({ email: emailInput }),
  "/send-verification-email": z.strictObject({ email: emailInput }),
  "/reset-password": z.strictObject({ token, newPassword: passwordInput }),
  // A new password ends every other session, and gives this one a new token.
  "/change-password": z
    .strictObject({
      currentPassword: z.string({ error: "Give your password." }).max(1_000),
      newPassword: passwordInput,
    })
    .transform((input) => ({ ...input, revokeOtherSessions: true })),
};

/**
 * An endpoint's body, checked; undefined where better-auth's own check is enough. Unknown fields are refused.
 * @throws APIError 400, each problem with its path.
 */
export function parseAuthInput(path: string, body: unknown): Record<string, unknown> | undefined {
  const schema = inputs[path];
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const message = problems.map((problem) => (problem.path ? `${problem.path}: ${problem.message}` : problem.message));
  throw new APIError("BAD_REQUEST", { code: "INVALID_INPUT", message: message.join(" "), problems });
}
