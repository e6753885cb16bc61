// `npm run dev`: the local stack.
import { existsSync } from "node:fs";
import { readStackEnv } from "./env/index.ts";
import { fail, runStack } from "./stack/index.ts";

async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  await runStack({ env: readStackEnv() });
}

main().catch(fail);
