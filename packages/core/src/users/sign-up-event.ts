import type { Tx } from "../db/index.ts";
import * as Outbox from "../outbox/index.ts";

type Person = { email: string; name: string; marketingConsent: boolean };

/** Records `user.signed_up` in the transaction that writes the person. */
export async function recordSignUp(tx: Tx, userId: string, traceparent?: string): Promise<void> {
  await record(tx, userId, await tx.user.findUniqueOrThrow({ where: { id: userId } }), traceparent);
}

/** Leaves `user.signed_up` to the confirmation of the address. */
export async function deferSignUp(tx: Tx, userId: string): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { signUpPending: true } });
}

/**
 * Marks the address as confirmed and records a deferred `user.signed_up`. Of several at once, one does; the others wait
 * for it and answer false. Never for somebody who was erased.
 */
export async function confirmAddress(tx: Tx, userId: string, at: Date, traceparent?: string): Promise<boolean> {
  const confirmed = await tx.$executeRaw`UPDATE "user" SET email_verified = true, updated_at = ${at}
    WHERE id = ${userId} AND NOT email_verified AND erased_at IS NULL`;
  if (confirmed === 0) return false;
  await recordDeferredSignUp(tx, userId, traceparent);
  return true;
}

/**
 * Records `user.signed_up` if it is still due, in the transaction that ends its being due. Retention deletes events, so a
 * missing event does not show that a sign-up is due; the column does.
 */
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
