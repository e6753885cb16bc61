import { once } from "node:events";
import type { Ctx } from "@eventfork/core/kernel";
import { type Command, Option } from "commander";
import { type Answer, printAnswer, printError } from "./terminal/output.ts";

/** Resolves to null when the action has printed its own output. */
export type Action<Options> = (ctx: Ctx, options: Options) => Promise<Answer | null>;

type LooseAction<Options> = (options: Options) => Promise<Answer | null>;

type Given = { json?: boolean; stage?: string };

/** Imports an action only when its command runs, for a quick start. */
export function run<Options>(load: () => Promise<Action<Options>>) {
  return handle<Options>(async (options, { stage }) => {
    const [{ connect, explain }, action] = await Promise.all([import("./connection.ts"), load()]);
    const connection = await connect(stage);
    try {
      return await action(connection.ctx, options);
    } catch (thrown) {
      throw await explain(thrown, connection);
    } finally {
      await connection.close();
    }
  });
}

export const runLoose = <Options>(load: () => Promise<LooseAction<Options>>) =>
  handle<Options>(async (options) => (await load())(options));

function handle<Options>(act: (options: Options, given: Given) => Promise<Answer | null>) {
  return async (...args: unknown[]): Promise<void> => {
    const command = args.at(-1) as Command;
    const given: Given = command.optsWithGlobals();
    const named = command.registeredArguments.map((argument, i) => [argument.name(), command.processedArgs[i]]);
    const options = { ...given, ...Object.fromEntries(named) } as Options;
    const isJson = given.json === true;
    try {
      const answer = await act(options, given);
      if (answer !== null) printAnswer(answer, isJson);
    } catch (thrown) {
      printError(thrown, isJson);
      process.exitCode = 1;
    }
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  };
}

export const json = () => new Option("--json", "answer one JSON object");
export const yes = (what: string) => new Option("--yes", what);

export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText(
    "after",
    ["", "Examples:", ...examples.map((example) => `  $ eventfork ${example}`)].join("\n"),
  );
}
