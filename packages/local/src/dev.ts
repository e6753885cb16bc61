// `npm run dev`: the whole system on this machine, until it is told to stop.
import { existsSync } from "node:fs";
import { messageOf } from "@eventfork/core/kernel";
import { readStackEnv } from "./env/index.ts";
import { startStack } from "./stack/index.ts";
import { lockStateFolder, openStateFolder, readSecrets } from "./state/index.ts";
import { Supervisor } from "./supervisor/index.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const stackEnv = readStackEnv();
  const state = await openStateFolder(stackEnv.EVENTFORK_STATE_DIR);
  const unlock = await lockStateFolder(state);
  const supervisor = new Supervisor(say);
  const stop = async () => {
    await supervisor.stop();
    await unlock();
  };

  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      say(`${signal}: stopping every part…`);
      stop().then(() => {
        say("stopped; nothing is lost, and the next start finds it.");
        process.exit(0);
      }, fail);
    });
  }
  // A slip of this process must not take the parts down that it watches.
  process.on("unhandledRejection", (reason) => say(`a promise was rejected and nobody looked: ${messageOf(reason)}`));

  const stack = await startStack(supervisor, { ...stackEnv, state, secrets: await readSecrets(state), say }).catch(
    async (error) => {
      if (isStopping) return undefined;
      await stop();
      throw error;
    },
  );
  if (stack === undefined) return;
  const { web, sandbox, admin } = stack;
  say("");
  say(`  web       ${web}`);
  say(`  sandbox   ${sandbox}   what Slack, Mailchimp and the analytics service received`);
  say(`  admin     ${web}/admin   ${admin.email}   ${admin.password}`);
  say("");
  say(`ready ${JSON.stringify({ web, sandbox, admin })}`);
}

function fail(error: unknown): void {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

main().catch(fail);
