import type { Command } from "commander";
import { createProgram, listCommands } from "../program.ts";

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
