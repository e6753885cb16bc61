import { setTimeout as sleep } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { z } from "zod";
import { databaseEnv, type Env, isLambda, processEnv, queryTimeoutEnv, readEnv } from "../env/index.ts";
import { EventforkError, messageOf } from "../errors.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export type Db = PrismaClient;
export type Tx = Prisma.TransactionClient;
export { storableJson, storableText } from "../text/sound-json.ts";
export { Prisma };

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

const driverError = z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) });

function postgresCode(error: unknown): string {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return "";
  return driverError.safeParse(error.meta).data?.driverAdapterError.cause.originalCode ?? "";
}

/** Postgres's classes 22 and 54, or an error before the statement was sent. */
export function isDataError(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError || /^(22|54)/.test(postgresCode(error));
}

const lockAttempts = { brief: 7, all: 10 };

/**
 * For locks that stop a table's readers and writers: who asks after us waits as long as we do, so half a second at
 * most, then again from the start. The last attempts wait for longer than `deadlock_timeout` (1 s), after which
 * Postgres cancels an autovacuum that is in the way.
 */
export async function underLock<Result>(db: Db, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(async (tx) => {
        const milliseconds = attempt <= lockAttempts.brief ? 500 : 1_500;
        await tx.$executeRaw`SET LOCAL lock_timeout = ${Prisma.raw(String(milliseconds))}`;
        return work(tx);
      });
    } catch (error) {
      if (!/^(55P03|40P01)$/.test(postgresCode(error)) || attempt === lockAttempts.all) throw error;
      await sleep(500);
    }
  }
}

/** Prisma's class 1 and its timeouts, Postgres's classes 08, 53 and 57, or the driver's own error. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) {
    return (
      error instanceof Error && /^Connection terminated|^Query read timeout|ECONN(REFUSED|RESET)/.test(error.message)
    );
  }
  if (/^(P1\d{3}|P2024|P2028|P2037)$/.test(error.code)) return true;
  return /^(08|53|57)/.test(postgresCode(error));
}

export function all(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND ");
}

/** Ends a subquery that runs for each row: with stale statistics, the planner would join the whole table. */
export const byKey = Prisma.sql`OFFSET 0`;

/** A text column without its indexes, so that the planner takes the key, not an index on a state. */
export function unindexed(column: string): Prisma.Sql {
  return Prisma.raw(`(${column} || '')`);
}

/** The server's timeout, which cancels the statement, fires before the client's. */
const silenceMs = 500;

const pools = new WeakMap<Db, pg.Pool>();

/**
 * A connection waits 5 s and a statement 15 s at most, in a deployed function `EVENTFORK_QUERY_TIMEOUT_MS`: less than
 * the function's timeout.
 * @throws EventforkError `MISCONFIGURED`.
 */
export function createDb(options: { connections: number; url?: string; env?: Env }): Db {
  const env = options.env ?? processEnv();
  const { EVENTFORK_QUERY_TIMEOUT_MS: queryTimeout } = readEnv(queryTimeoutEnv, env);
  const timeout = queryTimeout ?? 15_000;
  const pool = new pg.Pool({
    Client,
    connectionString: options.url ?? readEnv(databaseEnv, env).DATABASE_URL,
    max: isLambda(env) ? 1 : options.connections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: timeout,
    ...(queryTimeout === undefined ? {} : { query_timeout: queryTimeout + silenceMs }),
    allowExitOnIdle: true,
  });
  // Without a listener, a broken idle connection would end the process.
  pool.on("error", () => undefined);
  const adapter = new PrismaPg(pool, { disposeExternalPool: true });
  const db = new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout } });
  pools.set(db, pool);
  return db;
}

/** @throws EventforkError `UNAVAILABLE`, which names `DATABASE_URL` but not its password. */
export async function probeDatabase(env: Env): Promise<void> {
  const { DATABASE_URL } = readEnv(databaseEnv, env);
  const client = new pg.Client({ connectionString: DATABASE_URL, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
  } catch (cause) {
    // A host with several addresses fails with one error for each and no message.
    const [reason] = cause instanceof AggregateError ? cause.errors : [cause];
    const message = `The database that DATABASE_URL names cannot be reached: ${messageOf(reason)}.`;
    throw new EventforkError("UNAVAILABLE", message, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Skips Prisma's query engine. Prepared once per connection under `name`, which must belong to one text. */
export async function queryPrepared<Row extends pg.QueryResultRow>(
  db: Db,
  name: string,
  { text, values }: Prisma.Sql,
): Promise<Row[]> {
  const pool = pools.get(db);
  if (pool === undefined) throw new TypeError("this client was not made by createDb");
  return (await pool.query<Row>({ name, text, values })).rows;
}
export type {
  AttemptModel,
  AuditEntryModel,
  AuditEntryWhereInput,
  DeadLetterModel,
  DeliveryModel,
  ErasureModel,
  EventModel,
  IntegrationStateModel,
  IntegrationStateWhereInput,
  OverdueModel,
  ReplayItemModel,
  ReplayModel,
  RuleVersionModel,
  ScheduleRunModel,
  SentAnywayModel,
  SessionModel,
  UserWhereInput,
} from "./generated/models.ts";

const timestamptz = pg.types.builtins.TIMESTAMPTZ;

const beforeYearOne = "0001-01-02 00:00:00+00";
const afterYear9999 = "9999-12-30 23:59:59.999+00";

/** Postgres allows five-digit years, years BC and infinity; a JavaScript date parses none of them. */
function readableTime(text: string): string {
  if (text.charCodeAt(4) === 0x2d && !text.endsWith("BC")) return text;
  return text.startsWith("-") || text.endsWith("BC") ? beforeYearOne : afterYear9999;
}

type TypeParsers = { getTypeParser: (oid: number, format?: string) => (text: string) => unknown };

function withReadableTimes({ getTypeParser }: TypeParsers): TypeParsers {
  return {
    getTypeParser: (oid, format) => {
      const parse = getTypeParser(oid, format);
      return oid === timestamptz && format === "text" ? (text) => parse(readableTime(text)) : parse;
    },
  };
}

/** Clamps times that an earlier version stored: Prisma's adapter would turn each into an Invalid Date. */
export class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.query = new Proxy(this.query, {
      apply: (_query, _self, [first, ...rest]: unknown[]) =>
        Reflect.apply(super.query, this, [
          hasTypes(first) ? { ...first, types: withReadableTimes(first.types) } : first,
          ...rest,
        ]),
    });
  }
}

function hasTypes(query: unknown): query is { types: TypeParsers } {
  return typeof query === "object" && query !== null && "types" in query && query.types !== undefined;
}
