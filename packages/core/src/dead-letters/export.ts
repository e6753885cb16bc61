import type { z } from "zod";
import { audit } from "../audit/index.ts";
import { all, Prisma } from "../platform/db/index.ts";
import { type Ctx, parseInput, requireAdmin } from "../platform/index.ts";
import { conditionsOfSelection, deadLetterSelection, deadLetterStatuses } from "./selection.ts";

export const exportDeadLettersInput = deadLetterSelection;

const rowsPerStep = 500;

type Row = { line: string; at: string; id: string };

/**
 * NDJSON with personal data; writes an audit entry.
 * @throws EventforkError `FORBIDDEN`, `INVALID`, before the first line.
 */
export async function* exportDeadLetters(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof exportDeadLettersInput>,
): AsyncGenerator<string> {
  const selection = parseInput(exportDeadLettersInput, input);
  requireAdmin(ctx, "export dead letters");
  const status = selection.filter?.status;
  await audit(ctx.db, ctx, {
    action: "dead_letters.exported",
    target: selection.ids === undefined ? "filter" : `${selection.ids.length}`,
    after: JSON.parse(JSON.stringify(selection)),
  });
  for (const one of status === undefined ? deadLetterStatuses : [status]) {
    yield* exportStatus(ctx, all([Prisma.sql`l.status = ${one}`, ...conditionsOfSelection(selection)]));
  }
}

async function* exportStatus({ db }: Pick<Ctx, "db">, conditions: Prisma.Sql): AsyncGenerator<string> {
  let from = { at: "-infinity", id: "" };
  for (;;) {
    const rows: Row[] = await db.$queryRaw<Row[]>`
      SELECT ${line} AS line, archived_at::text AS at, id FROM dead_letter l
      WHERE ${conditions} AND (l.archived_at, l.id) > (${from.at}::timestamptz, ${from.id})
      ORDER BY l.archived_at, l.id LIMIT ${rowsPerStep}`;
    for (const row of rows) yield `${row.line}\n`;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerStep) return;
    from = last;
  }
}

const line = Prisma.sql`jsonb_build_object('id', id, 'integration', integration, 'group', fingerprint, 'eventId', event_id,
  'eventType', event_type, 'subject', subject, 'messageId', message_id, 'body', body, 'editedBody', edited_body,
  'attributes', attributes, 'receiveCount', receive_count, 'attempts', attempts, 'deadLetterCount', deaths, 'deaths', deaths, 'history', history,
  'sentAt', sent_at, 'firstReceivedAt', first_received_at, 'lastReceivedAt', last_received_at, 'archivedAt', archived_at,
  'errorClass', error_class, 'errorCode', error_code, 'reason', reason, 'status', status, 'statusAt', status_at,
  'replays', replays, 'discardReason', discard_reason)::text`;
