// `npm run dev:database -- <port> <database>`: the database of `sst dev`, on this machine, with every migration applied.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";
import { messageOf } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import * as Users from "@eventfork/core/users";
import { readStackEnv } from "./env/index.ts";
import { findPort } from "./ports/index.ts";
import { createDatabase, startPostgres } from "./postgres/index.ts";
import { openStateFolder, readSecrets } from "./state/index.ts";
import { Supervisor } from "./supervisor/index.ts";

const log = (line: string) => process.stdout.write(`${line}\n`);
const migrations = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

async function main([wanted = "", database = ""]: readonly string[]): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const state = await openStateFolder(readStackEnv().EVENTFORK_STATE_DIR);
  const port = await findPort("the database of sst dev", Number(wanted), true);
  const dataDir = join(state.folder, "postgres-sst-dev");
  const supervisor = new Supervisor(log);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => supervisor.stop().then(() => process.exit(0)));
  }
  const { adminEmail: email, adminPassword: password, databasePassword } = await readSecrets(state);
  const server = await startPostgres(supervisor, { dataDir, password: databasePassword, port });
  const url = await createDatabase(server, database);
  await migrate(migrations, { DATABASE_URL: url });
  const db = createDb({ connections: 1, url });
  await Users.ensureAdmin({ db, now: () => new Date() }, { email, password, name: "Admin" });
  await db.$disconnect();
  log(`ready ${JSON.stringify({ database: url, admin: { email, password } })}`);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
