import * as Outbox from "../outbox/index.ts";
import type { Tx } from "../platform/db/index.ts";

type Person = { email: string; name: string; marketingConsent: boolean };

export async function recordSignUp(tx: Tx, userId: string, traceparent?: string): Promise<void> {
  await record(tx, userId, await tx.user.findUniqueOrThrow({ where: { id: userId } }), traceparent);
}

export async function deferSignUp(tx: Tx, userId: string): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { signUpPending: true } });
}

/** Of concurrent calls, one succeeds; the others return false. */
export async function confirmAddress(tx: Tx, userId: string, at: Date, traceparent?: string): Promise<boolean> {
  const confirmed = await tx.$executeRaw`UPDATE "user" SET email_verified = true, updated_at = ${at}
    WHERE id = ${userId} AND NOT email_verified AND erased_at IS NULL`;
  if (confirmed === 0) return false;
  await recordDeferredSignUp(tx, userId, traceparent);
  return true;
}

/** Retention deletes events, so only the column shows that one is pending. */
export async function recordDeferredSignUp(tx: Tx, userId: string, traceparent?: string): Promise<void> {
  const [person] = await tx.$queryRaw<Person[]>`UPDATE "user" SET sign_up_pending = false
    WHERE id = ${userId} AND sign_up_pending RETURNING email, name, marketing_consent AS "marketingConsent"`;
  if (person !== undefined) await record(tx, userId, person, traceparent);
}

async function record(
  tx: Tx,
  userId: string,
  { email, name, marketingConsent }: Person,
  traceparent: string | undefined,
): Promise<void> {
  await Outbox.record(tx, { type: "user.signed_up", data: { userId, email, name, marketingConsent }, traceparent });
}
