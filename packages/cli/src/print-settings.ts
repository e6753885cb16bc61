import { pathToFileURL } from "node:url";
import { linkedEnv, processEnv } from "@eventfork/core/env";

/** What the line with the settings begins with, so that whatever else SST prints is told from it. */
export const mark = "eventfork-settings ";

/** Run by `sst shell`: prints what SST has linked, and the AWS settings that it works with. */
function printSettings(): void {
  const aws = Object.entries(processEnv()).filter(([name]) => name.startsWith("AWS_"));
  const linked = Object.entries(linkedEnv()).filter(([name]) => /^(DATABASE_URL$|EVENTFORK_)/.test(name));
  process.stdout.write(`\n${mark}${JSON.stringify(Object.fromEntries([...aws, ...linked]))}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) printSettings();
