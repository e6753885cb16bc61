// Needs no database and no network.
import { runProgram } from "./programs.ts";

const checks: [title: string, command: string, ...args: string[]][] = [
  ["lint and format", "biome", "ci", "--error-on-warnings", "."],
  ["types of packages", "tsc", "-p", "tsconfig.json"],
  ["types of the web app", "tsc", "-p", "apps/web/tsconfig.json"],
  ["dead code", "knip"],
  ["dependencies", process.execPath, "scripts/dependencies/check.ts"],
  ["vocabulary", process.execPath, "scripts/vocabulary.ts"],
];

let failures = 0;
for (const [title, command, ...args] of checks) {
  const startedAt = performance.now();
  const code = runProgram(command, args);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${title} (${seconds} s)`);
  if (code !== 0) failures += 1;
}
process.exit(failures === 0 ? 0 : 1);
