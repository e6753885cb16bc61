import { parseArgs } from "node:util";

export type Options = {
  events: number;
  /** The round with the median ratio to the ceiling is reported. */
  rounds: number;
  isJson: boolean;
  isPersistent: boolean;
  /** Processes: one, one for each integration, or so many for all. */
  consumers: "one" | "each" | number;
  isCompared: boolean;
  profileFolder: string | undefined;
};

const usage = `npm run bench -- [--events N] [--rounds N] [--persist] [--consumers one|each] [--compare] [--profile FOLDER] [--json]

  --events N         how many events the backlog has (10000)
  --rounds N         measure all N times in turn, and report the round with the median ratio to the ceiling (1)
  --persist          let the emulator write to disk, as npm run dev does; otherwise it is in memory
  --consumers each   a consumer process for each integration, instead of one for all
  --compare          also drain as many events through pg-boss, graphile-worker and, where there is a Redis, BullMQ
  --profile FOLDER   write the consumers' CPU profiles there (.cpuprofile, for Chrome's or VS Code's viewer)
  --json             one JSON object on standard output`;

export function readBenchOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  const events = Number(values.events);
  if (!Number.isSafeInteger(events) || events < 10) throw new Error(`--events should be 10 or more\n\n${usage}`);
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`--rounds should be 1 or more\n\n${usage}`);
  if (values.consumers !== "one" && values.consumers !== "each") throw new Error(usage);
  return {
    events,
    rounds,
    isJson: values.json,
    isPersistent: values.persist,
    consumers: values.consumers,
    isCompared: values.compare,
    profileFolder: values.profile,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: "string", default: "10000" },
        rounds: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        persist: { type: "boolean", default: false },
        compare: { type: "boolean", default: false },
        consumers: { type: "string", default: "one" },
        profile: { type: "string" },
      },
    });
  } catch (cause) {
    throw new Error(usage, { cause });
  }
}
