import { messageOf } from "@eventfork/core/platform";
import type { StackEnv } from "../env/index.ts";
import { lockStateFolder, openStateFolder, readSecrets, type StateFolder } from "../state/index.ts";
import { Supervisor } from "../supervisor/index.ts";
import { type Stack, type StackExtras, startStack } from "./stack.ts";

export type { Stack, StackExtras } from "./stack.ts";

const log = (line: string) => process.stdout.write(`${line}\n`);

export type RunOptions = {
  env: StackEnv;
  extras?: (state: StateFolder, log: (line: string) => void) => Promise<StackExtras>;
  describe?: (stack: Stack) => readonly string[];
};

/**
 * Runs until a signal.
 * @throws Error when it cannot start.
 */
export async function runStack({ env, extras, describe = () => [] }: RunOptions): Promise<void> {
  const state = await openStateFolder(env.EVENTFORK_STATE_DIR);
  const unlock = await lockStateFolder(state);
  const supervisor = new Supervisor(log);
  const stop = async () => {
    await supervisor.stop();
    await unlock();
  };

  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      log(`${signal}: stopping every part…`);
      stop().then(() => {
        log("stopped; nothing is lost, and the next start finds it.");
        process.exit(0);
      }, fail);
    });
  }
  // An unhandled rejection must not end the supervised parts.
  process.on("unhandledRejection", (reason) => log(`unhandled promise rejection: ${messageOf(reason)}`));

  const start = async () => {
    const more = (await extras?.(state, log)) ?? {};
    return startStack(supervisor, { ...env, state, secrets: await readSecrets(state), log, ...more });
  };
  const stack = await start().catch(async (error) => {
    if (isStopping) return undefined;
    await stop();
    throw error;
  });
  if (stack === undefined) return;
  const { web, sandbox, admin } = stack;
  log("");
  log(`  web       ${web}`);
  log(`  sandbox   ${sandbox}   what Slack, Mailchimp and the analytics service received`);
  log(`  admin     ${web}/admin   ${admin.email}   ${admin.password}`);
  log("");
  for (const line of describe(stack)) log(`  ${line}`);
  log(`ready ${JSON.stringify({ web, sandbox, admin })}`);
}

export function fail(error: unknown): void {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
