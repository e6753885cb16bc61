import { once } from "node:events";
import type { Ctx } from "@eventfork/core/platform";
import { type Command, Option } from "commander";
import { type CommandOutput, printAnswer, printError } from "./terminal/output.ts";

/** Resolves to null when the action has printed its own output. */
type Action<Options> = (ctx: Ctx, options: Options) => Promise<CommandOutput | null>;

type Given = { json?: boolean; stage?: string };

/** Connects only when the command runs, and an action imports its verbs itself: `--help` loads neither. */
export function runWithContext<Options>(action: Action<Options>) {
  return handle<Options>(async (options, { stage }) => {
    const { connect, explainFailure } = await import("./connection.ts");
    const connection = await connect(stage);
    try {
      return await action(connection.ctx, options);
    } catch (thrown) {
      throw await explainFailure(thrown, connection);
    } finally {
      await connection.close();
    }
  });
}

export const runWithoutContext = <Options>(act: (options: Options) => Promise<CommandOutput>) => handle<Options>(act);

function handle<Options>(act: (options: Options, given: Given) => Promise<CommandOutput | null>) {
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

export const withJson = (command: Command) => command.addOption(new Option("--json", "answer one JSON object"));

export function withPage(command: Command): Command {
  return withJson(
    command.option("--limit <n>", "rows", "50").option("--cursor <cursor>", "the answer's `next`, for the page after"),
  );
}

export const yes = (what: string) => new Option("--yes", what);

export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText(
    "after",
    ["", "Examples:", ...examples.map((example) => `  $ eventfork ${example}`)].join("\n"),
  );
}
