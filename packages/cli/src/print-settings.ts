import { pathToFileURL } from "node:url";
import { stageEnv } from "@eventfork/core/env";

export const mark = "eventfork-settings ";

function printSettings(): void {
  const settings = Object.entries(stageEnv()).filter(([name]) => /^(AWS_|EVENTFORK_|DATABASE_URL$)/.test(name));
  process.stdout.write(`\n${mark}${JSON.stringify(Object.fromEntries(settings))}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) printSettings();
