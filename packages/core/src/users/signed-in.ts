import type { Role } from "../platform/index.ts";
import type { Auth } from "./auth/auth.ts";
import { parseRole } from "./roles.ts";

export type Person = {
  id: string;
  name: string;
  email: string;
  role: Role;
  marketingConsent: boolean;
  createdAt: Date;
  emailVerified?: boolean;
  sessionId?: string;
};

/** Reads the database each time: a revoked role or session ends immediately. */
export async function findSignedIn(
  auth: Auth,
  headers: Headers,
  options: { canRefresh: boolean },
): Promise<Person | null> {
  const found = await auth.findSession(headers);
  if (found === null) return null;
  const { id, name, email, emailVerified, role: stored, marketingConsent, createdAt } = found.user;
  const role = parseRole(stored);
  if (!(await auth.touch(found.session, role, { canProlong: options.canRefresh }))) return null;
  return {
    id,
    name,
    email,
    emailVerified,
    role,
    marketingConsent: marketingConsent === true,
    createdAt,
    sessionId: found.session.id,
  };
}
