// `npm run chaos`: everything fails at the same time, and nothing may be lost.
import { parseArgs } from "node:util";
import { messageOf } from "@eventfork/core/platform";
import { countCrashes } from "./crashes.ts";
import { type ChaosOptions, type ChaosResult, runChaos } from "./run.ts";

const usage = `npm run chaos [-- --events N] [--seed S] [--json]

  --events N   how many events are recorded while everything fails (10000)
  --seed S     draws the same faults and crashes again; how they meet is up to the machine
  --json       the figures as one JSON object on standard output`;

function readOptions(args: readonly string[]): ChaosOptions & { isJson: boolean } {
  const { events, seed, json } = parse(args);
  const options = { events: Number(events), seed: seed === undefined ? Date.now() % 2 ** 32 : Number(seed) };
  if (!Number.isSafeInteger(options.events) || options.events < 1) throw new Error(usage);
  if (!Number.isSafeInteger(options.seed) || options.seed < 0) throw new Error(usage);
  return { ...options, isJson: json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: "string", default: "10000" },
        seed: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}

async function main(): Promise<void> {
  const { isJson, ...options } = readOptions(process.argv.slice(2));
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const result = await runChaos({ ...options, log: isJson ? () => {} : log });
  process.stdout.write(`${isJson ? JSON.stringify(toFigures(result)) : toText(result)}\n`);
  process.exitCode = isPassed(result) ? 0 : 1;
}

function toFigures({ crashes, ...result }: ChaosResult) {
  const { published, lost, duplicates, inWindow, unfinished, chargedToRateLimits, partitions, seed } = result;
  const figures = { published, lost, duplicates, crashes: countCrashes(crashes), inWindow, unfinished };
  return { ...figures, chargedToRateLimits, partitions, seed };
}

/** Slack has no idempotency key: a crash of its consumer during a batch may double a post. */
function isPassed({ lost, unfinished, chargedToRateLimits, duplicates, inWindow }: ChaosResult): boolean {
  const isSlackExcused = duplicates.slack <= inWindow;
  if (lost + unfinished + chargedToRateLimits > 0) return false;
  return duplicates.analytics === 0 && duplicates.mailchimp === 0 && isSlackExcused;
}

function toText(result: ChaosResult): string {
  const { crashes, duplicates, inWindow, seconds } = result;
  const times = (count: number) => `${count} time${count === 1 ? "" : "s"}`;
  return [
    `${result.published} events of ${result.partitions} partitions in ${seconds.faults.toFixed(1)} s of faults; at rest ${seconds.drain.toFixed(1)} s later${result.isDrained ? "" : " (NOT at rest)"}`,
    `ended: consumers with -9 ${times(crashes.consumers)}, relays ${times(crashes.relays)}, Postgres ${times(crashes.postgres)}, the emulator ${times(crashes.broker)}`,
    `lost ${result.lost}, unfinished ${result.unfinished}, charged to rate limits ${result.chargedToRateLimits}, dead letters replayed ${result.replayed}`,
    `duplicates: analytics ${duplicates.analytics}, Mailchimp ${duplicates.mailchimp}, Slack ${duplicates.slack} (${inWindow} of ${countCrashes(crashes)} crashes ended a consumer of Slack during a batch)`,
    `${isPassed(result) ? "passed" : "FAILED"}; again with: npm run chaos -- --events ${result.published} --seed ${result.seed}`,
  ].join("\n");
}

main().catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
