import { PrismaPg } from "@prisma/adapter-pg";
import { databaseEnv, type Env, processEnv, readEnv } from "../env/index.ts";
import { Prisma, PrismaClient } from "./generated/client.ts";

export type Db = PrismaClient;
/** What a verb takes when it may run inside its caller's transaction. */
export type Tx = Prisma.TransactionClient;
export { storableJson, storableText } from "./storable.ts";
export { Prisma };

/**
 * A database client with its own pool of at most `connections`; nothing is opened until the first query.
 * Waiting for a connection ends after 5 s and a statement after 15 s, so that a database that hangs shows as an error.
 * @throws EventforkError `MISCONFIGURED` when `DATABASE_URL` is missing or wrong.
 */
export function createDb(options: { connections: number; url?: string; env?: Env }): Db {
  const url = options.url ?? readEnv(databaseEnv, options.env ?? processEnv()).DATABASE_URL;
  const adapter = new PrismaPg({
    connectionString: url,
    max: options.connections,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout: 15_000 } });
}
