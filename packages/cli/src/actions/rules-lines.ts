import { once } from "node:events";
import { createInterface } from "node:readline";
import { runTestLine } from "@eventfork/core/rules/language";

export async function testLines(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (!process.stdout.write(`${runTestLine(line)}\n`)) await once(process.stdout, "drain");
  }
}
