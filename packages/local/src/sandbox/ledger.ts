import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { IntegrationName } from "@eventfork/core/topology";

export type ProviderEffect = { key: string; detail: Record<string, unknown> };

export type LedgerEffect = ProviderEffect & { count: number; firstAt: string; lastAt: string };

export type LedgerEntry = {
  integration: IntegrationName;
  accepted: number;
  refused: number;
  faulted: number;
  received: number;
  unique: number;
  effects: LedgerEffect[];
  next: string | null;
};

type Page = { limit?: number | undefined; after?: string | undefined };

export type SandboxLedger = ReturnType<typeof openLedger>;

type Figures = Pick<LedgerEntry, "accepted" | "refused" | "faulted" | "received">;

const noFigures: Figures = { accepted: 0, refused: 0, faulted: 0, received: 0 };

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS counter (
    integration TEXT PRIMARY KEY, accepted INTEGER NOT NULL, refused INTEGER NOT NULL, faulted INTEGER NOT NULL,
    received INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS effect (
    integration TEXT, key TEXT, count INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (integration, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS slack_message (ts TEXT PRIMARY KEY, channel TEXT NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mailchimp_member (hash TEXT PRIMARY KEY, member TEXT NOT NULL, changed_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS mail (id TEXT PRIMARY KEY, at INTEGER NOT NULL, mail TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mailchimp_forgotten (hash TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS mailchimp_member_by_change ON mailchimp_member (changed_at);
`;

/** Writes survive a crash of the process, not of the machine. */
export function openLedger(file?: string) {
  const db = new DatabaseSync(file ?? ":memory:");
  db.exec(schema);
  const statements = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const prepared = db.prepare(text);
    statements.set(text, prepared);
    return prepared;
  };

  const transaction = <T>(work: () => T): T => {
    sql("BEGIN").run();
    try {
      const result = work();
      sql("COMMIT").run();
      return result;
    } catch (error) {
      sql("ROLLBACK").run();
      throw error;
    }
  };

  const count = (integration: IntegrationName, more: Partial<Figures>) => {
    const { accepted, refused, faulted, received } = { ...noFigures, ...more };
    sql(
      `INSERT INTO counter VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted,
         refused = refused + excluded.refused, faulted = faulted + excluded.faulted, received = received + excluded.received`,
    ).run(integration, accepted, refused, faulted, received);
  };

  const figures = (integration: IntegrationName): Figures & { unique: number } => {
    const row = sql("SELECT accepted, refused, faulted, received FROM counter WHERE integration = ?").get(integration);
    const distinct = sql("SELECT count(*) AS count FROM effect WHERE integration = ?").get(integration);
    return { ...noFigures, ...row, unique: Number(distinct?.count) };
  };

  return {
    sql,

    accept(integration: IntegrationName, effects: readonly ProviderEffect[], also?: () => void): void {
      const now = Date.now();
      transaction(() => {
        const write = sql(
          `INSERT INTO effect VALUES (?1, ?2, 1, ?3, ?3, ?4)
           ON CONFLICT DO UPDATE SET count = count + 1, last_at = excluded.last_at`,
        );
        for (const { key, detail } of effects) write.run(integration, key, now, JSON.stringify(detail));
        count(integration, { accepted: 1, received: effects.length });
        also?.();
      });
    },

    refuse: (integration: IntegrationName) => count(integration, { refused: 1 }),
    fault: (integration: IntegrationName) => count(integration, { faulted: 1 }),

    read(integration: IntegrationName, { limit, after = "" }: Page = {}): LedgerEntry {
      const effects = sql("SELECT * FROM effect WHERE integration = ? AND key > ? ORDER BY key LIMIT ?")
        .all(integration, after, limit ?? -1)
        .map(toEffect);
      const next = effects.length === limit ? (effects.at(-1)?.key ?? null) : null;
      return { integration, ...figures(integration), effects, next };
    },

    latest(integration: IntegrationName, limit: number): LedgerEffect[] {
      return sql("SELECT * FROM effect WHERE integration = ? ORDER BY first_at DESC, key DESC LIMIT ?")
        .all(integration, limit)
        .map(toEffect);
    },

    perMinute(integration: IntegrationName, minutes: number): { at: Date; count: number }[] {
      const thisMinute = Math.floor(Date.now() / 60_000);
      const first = thisMinute - minutes + 1;
      const rows = sql(
        `SELECT first_at / 60000 AS minute, count(*) AS count FROM effect WHERE integration = ? AND first_at >= ? GROUP BY 1`,
      ).all(integration, first * 60_000);
      const counts = new Map(rows.map((row) => [Number(row.minute), Number(row.count)]));
      return Array.from({ length: minutes }, (_, index) => ({
        at: new Date((first + index) * 60_000),
        count: counts.get(first + index) ?? 0,
      }));
    },

    clear(): void {
      transaction(() => {
        for (const table of ["counter", "effect", "slack_message", "mailchimp_member", "mailchimp_forgotten", "mail"])
          sql(`DELETE FROM ${table}`).run();
      });
    },

    close: () => db.close(),
  };
}

function toEffect(row: Record<string, unknown>): LedgerEffect {
  return {
    key: String(row.key),
    count: Number(row.count),
    firstAt: new Date(Number(row.first_at)).toISOString(),
    lastAt: new Date(Number(row.last_at)).toISOString(),
    detail: JSON.parse(String(row.detail)),
  };
}
