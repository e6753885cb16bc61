// `npm run demo`: a local stack with a fortnight of invented traffic. `-- --people N` changes its size.

import { processEnv } from "@eventfork/core/platform/env";
import { demoExtras, describeDemo, readPeople, withoutKeys } from "./demo/index.ts";
import { readStackEnv } from "./env/index.ts";
import { fail, runStack } from "./stack/index.ts";

/** Never a developer's own stack or `.env`. */
const standardFolder = ".eventfork-demo";

async function main(): Promise<void> {
  const env = readStackEnv(withoutKeys(processEnv()));
  const people = readPeople(process.argv.slice(2));
  const folder = env.inherited.EVENTFORK_STATE_DIR || standardFolder;
  await runStack({
    env: {
      ...env,
      EVENTFORK_STATE_DIR: folder,
      EVENTFORK_WEB: env.inherited.EVENTFORK_WEB === "dev" ? "dev" : "built",
    },
    extras: (state, log) => demoExtras(state, log, people),
    describe: describeDemo,
  });
}

main().catch(fail);
