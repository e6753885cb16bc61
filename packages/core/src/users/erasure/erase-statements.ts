import { Prisma, type Tx } from "../../platform/db/index.ts";
import { integrationNames } from "../../topology/index.ts";
import { replaceAddress } from "./personal-columns.ts";

export const eventsPerStep = 500;

/** Blanks every column marked `@personal own`. */

export async function blankPerson(tx: Tx, { userId, email, now }: { userId: string; email: string; now: Date }) {
  await tx.user.update({
    where: { id: userId },
    data: {
      name: "Erased person",
      email: `${userId}@erased.invalid`,
      emailVerified: false,
      image: null,
      marketingConsent: false,
      banned: true,
      banReason: null,
      erasedAt: now,
      updatedAt: now,
    },
  });
  await tx.session.deleteMany({ where: { userId } });
  await tx.account.deleteMany({ where: { userId } });
  await tx.verification.deleteMany({ where: { value: userId } });
  await tx.$executeRaw`UPDATE audit_entry SET actor = ${userId}, ip = NULL, user_agent = NULL
    WHERE actor IN (${email}, ${userId})`;
  await tx.$executeRaw`UPDATE audit_entry SET ip = NULL, user_agent = NULL WHERE target = ${userId} AND actor = 'stranger'`;
  await replaceAddress(tx, { userId, email });
  await tx.$executeRaw`DELETE FROM saved_view WHERE user_id = ${userId}
    OR strpos(lower(query || name), ${email}) > 0 OR strpos(lower(query), ${new URLSearchParams([["", email]]).toString().slice(1).toLowerCase()}) > 0`;
}

/** Skips events that a publisher has locked. */
export async function blankEvents(tx: Tx, { userId, since, now }: { userId: string; since: Date; now: Date }) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH due AS (
      SELECT id FROM event WHERE subject = ${userId} AND recorded_at >= ${since} AND erased_at IS NULL
      ORDER BY recorded_at DESC, id DESC LIMIT ${eventsPerStep} FOR UPDATE SKIP LOCKED
    )
    UPDATE event e SET data = jsonb_build_object('userId', ${userId}::text, 'erased', true), publish_error = NULL, erased_at = ${now}
    FROM due WHERE e.id = due.id RETURNING e.id`;
  return rows.map(({ id }) => id);
}

export async function blankDeliveries(tx: Tx, eventIds: readonly string[]): Promise<number> {
  const ids = [...eventIds];
  await tx.$executeRaw`UPDATE attempt SET response = NULL, error_message = NULL WHERE event_id = ANY(${ids})`;
  await tx.$executeRaw`DELETE FROM overdue WHERE event_id = ANY(${ids})`;
  await tx.$executeRaw`UPDATE replay_item SET note = NULL
    WHERE integration = ANY(${[...integrationNames]}::text[]) AND event_id = ANY(${ids}) AND note IS NOT NULL`;
  return tx.$executeRaw`UPDATE delivery SET response = NULL, error_message = NULL WHERE event_id = ANY(${ids})`;
}

export function blankDeadLettersOf(tx: Tx, eventIds: readonly string[], now: Date): Promise<number> {
  return blankDeadLetters(tx, Prisma.sql`event_id = ANY(${[...eventIds]})`, now);
}

export async function blankDeadLettersNaming(
  tx: Tx,
  { words, since, now }: { words: readonly string[]; since: Date; now: Date },
): Promise<number> {
  const named = (text: Prisma.Sql) =>
    Prisma.sql`EXISTS (SELECT FROM unnest(${[...words]}::text[]) word WHERE strpos(lower(${text}), word) > 0)`;
  const body = Prisma.sql`body || coalesce(edited_body, '')`;
  const count = await blankDeadLetters(tx, Prisma.sql`archived_at >= ${since} AND ${named(body)}`, now);
  const sample = Prisma.sql`sample`;
  await tx.$executeRaw`UPDATE dead_letter_group SET sample = ${erasedReason} WHERE ${named(sample)}`;
  await tx.$executeRaw`UPDATE dead_letter_change SET sample = ${erasedReason} WHERE ${named(sample)}`;
  return count;
}

const erasedReason = "The data of the person was erased.";

async function blankDeadLetters(tx: Tx, where: Prisma.Sql, now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE dead_letter SET body = jsonb_build_object('id', event_id, 'erased', true)::text, attributes = '{}',
      edited_body = NULL, history = '[]', reason = ${erasedReason},
      status = CASE WHEN status IN ('open', 'replaying') THEN 'discarded' ELSE status END,
      status_at = CASE WHEN status IN ('open', 'replaying') THEN ${now} ELSE status_at END,
      discard_reason = CASE WHEN status IN ('open', 'replaying') THEN ${erasedReason} ELSE discard_reason END
    WHERE ${where} RETURNING id`;
  const ids = rows.map(({ id }) => id);
  await tx.$executeRaw`DELETE FROM dead_letter_search WHERE id = ANY(${ids})`;
  await tx.$executeRaw`UPDATE audit_entry SET before = NULL, after = NULL
    WHERE action = 'dead_letter.edited' AND target = ANY(${ids})`;
  return ids.length;
}
