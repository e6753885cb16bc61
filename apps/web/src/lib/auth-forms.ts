import type { AuthPath, DoneAnswer } from "./auth-client.ts";

type Fields = { get(name: string): unknown };

export type AuthForm = {
  page: "/sign-up" | "/login";
  path: AuthPath;
  keeps: readonly string[];
  toBody(fields: Fields): object;
  /** Null where the address must be confirmed first. */
  destination(answer: DoneAnswer, fields: Fields): string | null;
};

export const signUpForm = {
  page: "/sign-up",
  path: "/sign-up/email",
  keeps: ["name", "email", "marketingConsent"],
  toBody: (fields) => ({
    name: fields.get("name"),
    email: fields.get("email"),
    password: fields.get("password"),
    marketingConsent: fields.get("marketingConsent") !== null,
  }),
  destination: ({ isSignedIn }) => (isSignedIn ? "/account" : null),
} as const satisfies AuthForm;

export const logInForm = {
  page: "/login",
  path: "/sign-in/email",
  keeps: ["email"],
  toBody: (fields) => ({ email: fields.get("email"), password: fields.get("password") }),
  destination: ({ role }, fields) => ownPath(fields.get("next")) ?? homeOf(role),
} as const satisfies AuthForm;

export function homeOf(role: string): string {
  return role === "user" ? "/account" : "/admin";
}

/** Only a path of this site: an open redirect would help phishing. */
export function ownPath(next: unknown): string | null {
  return typeof next === "string" && /^\/(?![/\\])[\w\-/.?=&%]*$/.test(next) ? next : null;
}
