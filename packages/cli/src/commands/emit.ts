import type * as Outbox from "@eventfork/core/outbox";
import { type Ctx, EventforkError } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson } from "../run.ts";
import type { CommandOutput } from "../terminal/output.ts";
import { createProgress } from "../terminal/prompts.ts";

export function addEmitCommand(program: Command): void {
  withExamples(
    withJson(program.command("emit <type>"))
      .description("record an event and publish it")
      .requiredOption("--data <json>", "the event's data, as the catalog has it")
      .option("--count <n>", "how many times", "1")
      .option("--direct", "publish at once, past the outbox")
      .option("--strict", "refuse fields that the catalog does not have, instead of leaving them out")
      .action(runWithContext(emit)),
    `emit user.logged_in --data '{"userId":"usr_1","email":"ada@example.com","name":"Ada","method":"password"}'`,
    `emit user.signed_up --data '{"userId":"usr_1","email":"ada@example.com","name":"Ada","marketingConsent":true}' --count 100`,
  );
}

const maximumCount = 100_000;
const recordedAtOnce = 500;

async function emit(
  ctx: Ctx,
  options: { type: string; data: string; count: string; direct?: boolean; strict?: boolean },
): Promise<CommandOutput> {
  const { listLeftOut, parseEventData } = await import("@eventfork/core/events");
  const Outbox = await import("@eventfork/core/outbox");
  const given = parseData(options.data);
  const event = { ...parseEventData(options.type, given), source: "cli" };
  const notStored = listLeftOut(given, event.data);
  if (options.strict && notStored.length > 0) refuseFields(notStored);
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 1 || count > maximumCount) {
    throw new EventforkError("INVALID", `--count should be a whole number from 1 to ${maximumCount}.`);
  }
  const ids: string[] = [];
  const progress = await createProgress("Recording");
  while (ids.length < count) {
    const size = Math.min(recordedAtOnce, count - ids.length);
    ids.push(...(options.direct ? await publishDirect(ctx, event, size) : await record(ctx, event, size)));
    progress.show(ids.length, count, "events");
  }
  progress.end();
  const published = options.direct ? { published: count, failed: 0, quarantined: 0 } : await Outbox.publishPending(ctx);
  const waiting =
    published.failed > 0
      ? ` The ${ctx.messaging.fanOut.label} did not accept them yet; the relay will publish them.`
      : "";
  const left = notStored.length > 0 ? ` Not stored, as the catalog does not have it: ${notStored.join(", ")}.` : "";
  return {
    json: {
      events: ids.map((id) => ({ id, type: event.type })),
      ...published,
      setAside: published.quarantined,
      notStored,
    },
    text: `${count === 1 ? ids[0] : `${count} events`} ${options.direct ? "published" : "recorded"}.${waiting}${left}`,
  };
}

function refuseFields(paths: readonly string[]): never {
  const problems = paths.map((path) => ({ path, message: "is not in the catalog" }));
  throw new EventforkError("INVALID", `The catalog does not have ${paths.join(", ")}. Leave it out.`, { problems });
}

async function record(ctx: Ctx, event: Outbox.NewEvent, size: number): Promise<string[]> {
  const Outbox = await import("@eventfork/core/outbox");
  const rows = await Outbox.recordMany(
    ctx.db,
    Array.from({ length: size }, () => event),
  );
  return rows.map(({ id }) => id);
}

async function publishDirect(ctx: Ctx, event: Outbox.NewEvent, size: number): Promise<string[]> {
  const Outbox = await import("@eventfork/core/outbox");
  const ids: string[] = [];
  for (let i = 0; i < size; i++) ids.push((await Outbox.publishDirect(ctx, event)).id);
  return ids;
}

const replacement = "\uFFFD";

function parseData(text: string): unknown {
  if (text.includes(replacement)) {
    const message = "--data has bytes that are no UTF-8. Encode it as UTF-8; write U+FFFD itself as \\ufffd.";
    throw new EventforkError("INVALID", message);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EventforkError("INVALID", `--data is not JSON: ${text}`, { cause });
  }
}
