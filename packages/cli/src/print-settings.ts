import { pathToFileURL } from "node:url";
import { linkedEnv, processEnv } from "@eventfork/core/env";

export const mark = "eventfork-settings ";

/** Run by `sst shell`: prints SST's links and AWS settings. */
function printSettings(): void {
  const aws = Object.entries(processEnv()).filter(([name]) => name.startsWith("AWS_"));
  const linked = Object.entries(linkedEnv()).filter(([name]) => /^(DATABASE_URL$|EVENTFORK_)/.test(name));
  process.stdout.write(`\n${mark}${JSON.stringify(Object.fromEntries([...aws, ...linked]))}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) printSettings();
