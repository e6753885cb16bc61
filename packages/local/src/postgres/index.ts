export {
  createDatabase,
  databaseUrl,
  initialisePostgres,
  type PostgresOptions,
  postgresCommand,
  waitForPostgres,
} from "./server.ts";
export { startTemporaryPostgres } from "./temporary.ts";
