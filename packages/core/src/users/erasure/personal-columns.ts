import { Prisma, type Tx } from "../../platform/db/index.ts";

/** `@personal name` (an operator's address) and `@personal text` (any address) in the schema; a test compares them. */
export const personalColumns = {
  name: [
    "api_key.created_by",
    "dead_letter.discarded_by",
    "dead_letter.edited_by",
    "integration_check.requested_by",
    "integration_state.paused_by",
    "replay.created_by",
    "rule_version.author",
    "sent_anyway.by",
  ],
  text: [
    "alert.error",
    "alert.text",
    "api_key.name",
    "audit_entry.after",
    "audit_entry.before",
    "audit_entry.target",
    "dead_letter.discard_reason",
    "integration_check.result",
    "integration_state.paused_reason",
    "replay.note",
    "replay.selection",
    "rule_live.error",
    "rule_version.apply_error",
    "rule_version.note",
    "schedule_run.result",
  ],
} as const;

const jsonColumns: readonly string[] = [
  "audit_entry.after",
  "audit_entry.before",
  "integration_check.result",
  "replay.selection",
  "schedule_run.result",
];

export async function replaceAddress(tx: Tx, { userId, email }: { userId: string; email: string }): Promise<void> {
  for (const place of personalColumns.name) {
    const { table, column } = readPlace(place);
    await tx.$executeRaw`UPDATE ${table} SET ${column} = ${userId} WHERE ${column} = ${email}`;
  }
  const pattern = email.replace(/[^\p{L}\p{N}]/gu, "\\$&");
  for (const place of personalColumns.text) {
    const { table, column } = readPlace(place);
    const type = Prisma.raw(jsonColumns.includes(place) ? "jsonb" : "text");
    await tx.$executeRaw`
      UPDATE ${table} SET ${column} = regexp_replace(${column}::text, ${pattern}, ${userId}, 'gi')::${type}
      WHERE strpos(lower(${column}::text), ${email.toLowerCase()}) > 0`;
  }
}

function readPlace(place: string): { table: Prisma.Sql; column: Prisma.Sql } {
  const [table, column] = place.split(".");
  return { table: Prisma.raw(`"${table}"`), column: Prisma.raw(`"${column}"`) };
}
