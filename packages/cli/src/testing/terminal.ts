import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";

export function openTerminal(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const pty = spawn(file, [...args], { cols: 140, rows: 30, env: { ...env, TERM: "xterm-256color" } });
  let raw = "";
  pty.onData((chunk) => (raw += chunk));
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  return {
    raw: () => raw,
    text: () => stripVTControlCharacters(raw),
    type: (keys: string) => pty.write(keys),
    ended,
    close: () => pty.kill(),
  };
}
