// `npm run test:postgres-17`: database tests on RDS's release and collation; others use Postgres 18 and C.
import { createRequire } from "node:module";
import { join } from "node:path";
import { embeddedPackage } from "../packages/local/src/postgres/cluster.ts";
import { installFolder, runProgram } from "./programs.ts";

const files = [
  "packages/core/src/outbox",
  "packages/core/src/history",
  "packages/core/src/search",
  "packages/core/src/reconciliation",
  "packages/core/src/retention",
  "packages/core/src/rollups",
  "packages/core/src/dead-letters/tests/dead-letters.test.ts",
  "packages/core/src/deliveries/list/list.test.ts",
  "packages/core/src/deliveries/leases.test.ts",
  "packages/core/src/deliveries/tests/consume.test.ts",
  "packages/local/src/postgres/release.test.ts",
];

const tools = join(import.meta.dirname, "tools");
installFolder(tools);
const EVENTFORK_POSTGRES_MODULE = createRequire(join(tools, "package.json")).resolve(embeddedPackage);
process.exit(
  runProgram("vitest", ["run", ...files], { EVENTFORK_POSTGRES_MODULE, EVENTFORK_POSTGRES_ICU_LOCALE: "en-US" }),
);
