import type { Role } from "../kernel/index.ts";
import type { Auth } from "./auth.ts";
import { parseRole } from "./roles.ts";

/** The person behind a session. */
export type Person = {
  id: string;
  name: string;
  email: string;
  role: Role;
  marketingConsent: boolean;
  createdAt: Date;
  emailVerified?: boolean;
  /** The session by which they are signed in. */
  sessionId?: string;
};

/**
 * Who is signed in, read from the database each time, so that a role or a session that was taken away is gone at once.
 * `canRefresh` says whether a cookie can be set with the answer: only then is a session that is in use prolonged.
 */
export async function findSignedIn(
  auth: Auth,
  headers: Headers,
  options: { canRefresh: boolean },
): Promise<Person | null> {
  const found = await auth.api.getSession({
    headers,
    query: { disableCookieCache: true, disableRefresh: !options.canRefresh },
  });
  if (found === null) return null;
  const { id, name, email, emailVerified, role, marketingConsent, createdAt } = found.user;
  return {
    id,
    name,
    email,
    emailVerified,
    role: parseRole(role),
    marketingConsent: marketingConsent === true,
    createdAt,
    sessionId: found.session.id,
  };
}
