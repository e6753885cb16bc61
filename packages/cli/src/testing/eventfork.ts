import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDb, type Db } from "@eventfork/core/platform/db";
import { processEnv } from "@eventfork/core/platform/env";
import { createTestDatabase, createTestMessaging } from "@eventfork/testing";
import type { Command } from "commander";
import { vi } from "vitest";
import { createProgram, listCommands, runCli } from "../program.ts";

export const main = fileURLToPath(new URL("../main.ts", import.meta.url));

export type Result = { code: number; stdout: string; stderr: string };

export async function createCli() {
  const [url, messaging] = await Promise.all([createTestDatabase(), createTestMessaging()]);
  const { topicArn, queues } = messaging;
  const db: Db = createDb({ connections: 1, url });
  const env: NodeJS.ProcessEnv = {
    ...processEnv(),
    DATABASE_URL: url,
    EVENTFORK_TOPIC_ARN: topicArn,
    EVENTFORK_QUEUES: JSON.stringify(queues),
    NODE_NO_WARNINGS: "1",
  };
  return {
    db,
    messaging,
    env,
    eventfork: (args: readonly string[], overrides: NodeJS.ProcessEnv = {}) =>
      runInTurn(() => runHere(args, { ...env, ...overrides })),
    /** A second slower. For commands whose process matters. */
    eventforkProcess: async (args: readonly string[], overrides: NodeJS.ProcessEnv = {}): Promise<Result> => {
      try {
        const answer = await promisify(execFile)(process.execPath, [main, ...args], { env: { ...env, ...overrides } });
        return { code: 0, ...answer };
      } catch (error) {
        return error as Result;
      }
    },
  };
}

let lastRun: Promise<unknown> = Promise.resolve();

/** Commands in one process share its environment and output. */
function runInTurn<T>(run: () => Promise<T>): Promise<T> {
  const result = lastRun.then(run);
  lastRun = result.catch(() => undefined);
  return result;
}

async function runHere(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Result> {
  const { argv, env: outerEnv } = process;
  const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const textOf = ({ mock }: typeof stdout) => mock.calls.map(([text]) => text).join("");
  process.argv = [process.execPath, main, ...args];
  process.env = env;
  try {
    await runCli();
    return { code: Number(process.exitCode ?? 0), stdout: textOf(stdout), stderr: textOf(stderr) };
  } finally {
    process.exitCode = undefined;
    process.argv = argv;
    process.env = outerEnv;
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

export async function quarantineEvent(db: Db, id: string): Promise<void> {
  const at = new Date();
  const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
  const event = { id, type: "user.signed_up", source: "cli", time: at, data, recordedAt: at };
  await db.event.create({ data: { ...event, quarantinedAt: at, publishError: "InvalidParameter: no" } });
}

export const listLeaves = (command: Command) => listCommands(command).filter(({ commands }) => commands.length === 0);

export function pathOf(command: Command): string {
  return command.parent === null ? "" : `${pathOf(command.parent)} ${command.name()}`.trim();
}

export function examplesInHelp(command: Command): string[] {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return [...help.matchAll(/^ {2}\$ eventfork (.+)$/gm)].map(([, example = ""]) => example);
}

export const listExamples = () => listLeaves(createProgram({ isJson: false })).flatMap(examplesInHelp);

export function splitShell(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  const end = words.findIndex((word) => /^[<>|]/.test(word));
  return words.slice(0, end === -1 ? words.length : end).map((word) => word.replace(/(['"])(.*?)\1/g, "$2"));
}
