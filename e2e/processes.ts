import { readdirSync, readFileSync } from "node:fs";
import type { RunningStack } from "./stack.ts";

export function findProcesses(stateDir: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return environment.includes(stateDir) && command !== "" ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

export const partsOf = (stack: RunningStack) => findProcesses(stack.stateDir).map(({ command }) => command);
