import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { admin, createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../../platform/db/index.ts";
import { erasePerson } from "../index.ts";
import { personalColumns } from "./personal-columns.ts";

const root = join(import.meta.dirname, "../../../../..");
const userId = "usr_ada";
const email = "ada+one@lovelace.dev";

let db: Db;

beforeAll(async () => {
  db = await createTestDb();
});

afterAll(() => db.$disconnect());

function readMarks(): Map<string, string[]> {
  const marks: { how: string; place: string }[] = [];
  for (const file of globSync("prisma/schema/*.prisma", { cwd: root })) {
    for (const model of readFileSync(join(root, file), "utf8").split(/^(?=model )/m)) {
      const [, table = ""] = /@@map\("(\w+)"\)/.exec(model) ?? [];
      for (const [, how = "", name, rest] of model.matchAll(/\/\/\/ @personal (\w+)\n {2}(\w+)(.*)/g)) {
        const [, column = name] = /@map\("(\w+)"\)/.exec(rest ?? "") ?? [];
        marks.push({ how, place: `${table}.${column}` });
      }
    }
  }
  const groups = Map.groupBy(marks, ({ how }) => how);
  return new Map([...groups].map(([how, of]) => [how, of.map(({ place }) => place).toSorted()]));
}

test("erasing replaces exactly the columns that the schema marks", () => {
  const marks = readMarks();
  expect(marks.get("name")).toEqual([...personalColumns.name]);
  expect(marks.get("text")).toEqual([...personalColumns.text]);
  expect([...marks.keys()].toSorted()).toEqual(["name", "own", "text"]);
});

/** Columns of ids, closed lists, names and hashes. A rule is stored as SNS received it. */
const impersonal = new Set([
  ...[
    "id",
    "integration",
    "type",
    "types",
    "source",
    "status",
    "kind",
    "step",
    "state",
    "action",
    "outcome",
    "channel",
    "page",
    "path",
  ],
  ...[
    "event_type",
    "error_class",
    "error_code",
    "fingerprint",
    "hash",
    "tail",
    "key",
    "body_hash",
    "canary_state",
    "pause_kind",
  ],
  ...[
    "provider_id",
    "role",
    "subscription",
    "scope",
    "policy",
    "policy_text",
    "settings",
    "traceparent",
    "proven_by",
    "replaced_by",
  ],
  ...[
    "event_ids",
    "subjects",
    "subject",
    "user_id",
    "event_id",
    "message_id",
    "replay_id",
    "dead_letter_id",
    "last_id",
    "from_id",
  ],
  ...[
    "cursor_id",
    "lease_id",
    "api_key_id",
    "program_id",
    "resource",
    "checkpoint.name",
    "schedule_run.name",
    "erasure.requested_by",
  ],
]);

type Column = { table: string; name: string; type: string };

function fillOf({ table, name, type }: Column): string {
  const isText = type === "text" || type.startsWith("json");
  if (
    isText &&
    (readMarks().get("own")?.includes(`${table}.${name}`) ||
      !(impersonal.has(name) || impersonal.has(`${table}.${name}`)))
  ) {
    if (table === "verification" && name === "value") return `'${userId}'`;
    return type === "text" ? `'${email}'` : `'{"a":["said ${email} twice: ${email}"]}'`;
  }
  if (type.startsWith("json")) return "'{}'";
  if (name === "user_id" || name === "subject" || (table === "user" && name === "id")) return `'${userId}'`;
  if (name === "role") return "'user'";
  if (type === "text") return "'same'";
  if (type === "ARRAY") return "'{}'";
  if (type.startsWith("timestamp") || type === "date") return "now()";
  return type === "boolean" ? "false" : "999";
}

test("erasing removes a person from every text and JSON column of every table", async () => {
  const columns = await db.$queryRaw<Column[]>`
    SELECT c.table_name AS "table", column_name AS name, data_type AS type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT IN ('_prisma_migrations', 'erasure')
      AND NOT (SELECT relispartition FROM pg_class WHERE oid = quote_ident(c.table_name)::regclass)
    ORDER BY (c.table_name <> 'user'), c.table_name`;
  const tables = Map.groupBy(columns, ({ table }) => table);
  const findTables = async () => {
    const found: string[] = [];
    for (const table of tables.keys()) {
      const rows = await db.$queryRawUnsafe<{ text: string }[]>(`SELECT t::text AS text FROM "${table}" t`);
      if (rows.some(({ text }) => text.toLowerCase().includes(email))) found.push(table);
    }
    return found;
  };
  for (const [table, own] of tables) {
    const names = own.map(({ name }) => `"${name}"`).join();
    const values = own.map((column) => (column.name === "erased_at" ? "NULL" : fillOf(column)));
    await db.$executeRawUnsafe(`INSERT INTO "${table}" (${names}) OVERRIDING SYSTEM VALUE VALUES (${values.join()})`);
  }
  expect((await findTables()).length).toBeGreaterThan(15);
  const integration = "slack";
  await db.replayItem.updateMany({ data: { integration } });
  await erasePerson({ db, actor: admin, now: () => new Date() }, { userId });
  expect(await findTables()).toEqual([]);
});
