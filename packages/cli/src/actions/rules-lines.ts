import { once } from "node:events";
import { createInterface } from "node:readline";
import { runTestLine } from "@eventfork/core/rules/language";

/** One line of output for each line of input, at once. Needs no database and no network. */
export async function testLines(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${runTestLine(line)}\n`)) await once(process.stdout, "drain");
  }
}
