import { setTimeout as sleep } from "node:timers/promises";
import * as DeadLetters from "@eventfork/core/dead-letters";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/kernel";
import * as Replays from "@eventfork/core/replays";
import { isConfirmed, requireConfirmation } from "../terminal/confirm.ts";
import { type Answer, formatTable } from "../terminal/output.ts";
import { createProgress } from "../terminal/progress.ts";
import { describeReplay } from "./replays.ts";

export type FilterOptions = {
  integration?: string;
  group?: string;
  type?: string;
  status?: string;
  from?: string;
  to?: string;
  text?: string;
  replayed?: boolean;
};

const titles = ["id", "integration", "type", "status", "deaths", "died", "person", "code", "reason"];

export async function deadLettersList(
  ctx: Ctx,
  options: FilterOptions & { limit: string; cursor?: string },
): Promise<Answer> {
  const { limit, cursor } = options;
  const wanted = { ...toFilter(options), limit: Number(limit), ...(cursor === undefined ? {} : { cursor }) };
  const page = await DeadLetters.listDeadLetters(ctx, parseInput(DeadLetters.listDeadLettersInput, wanted));
  const rows = page.deadLetters.map((row) => [
    row.id,
    row.integration,
    row.eventType ?? "no event",
    row.status,
    String(row.deaths),
    row.archivedAt.toISOString(),
    row.subject ?? "-",
    row.errorCode ?? "",
    row.reason,
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  return { json: page, text: rows.length === 0 ? "No dead letters like that." : `${formatTable(titles, rows)}${more}` };
}

export async function deadLettersGroups(
  ctx: Ctx,
  { integration, all, limit, cursor }: { integration?: string; all?: boolean; limit: string; cursor?: string },
): Promise<Answer> {
  const wanted = {
    ...{ onlyOpen: all !== true, limit: Number(limit) },
    ...(integration === undefined ? {} : { integration }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const page = await DeadLetters.listGroups(ctx, parseInput(DeadLetters.listGroupsInput, wanted));
  const rows = page.groups.map((group) => [
    group.fingerprint,
    group.integration,
    String(group.open),
    String(group.people),
    group.lastSeenAt.toISOString(),
    group.errorCode ?? group.errorClass,
    group.advice.text,
  ]);
  const table = formatTable(["group", "integration", "open", "people", "last seen", "code", "next step"], rows);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  return { json: page, text: rows.length === 0 ? "No open dead letters." : `${table}${more}` };
}

export async function deadLettersShow(ctx: Ctx, { id, reveal }: { id: string; reveal?: boolean }): Promise<Answer> {
  const masked = await DeadLetters.getDeadLetter(ctx, { id });
  const shown = reveal ? { ...masked, ...(await DeadLetters.revealDeadLetter(ctx, { id })), isMasked: false } : masked;
  const lines = [
    `${shown.id}  ${shown.integration}  ${shown.eventType ?? "no event"}  ${shown.status}`,
    `${shown.errorClass} ${shown.errorCode ?? ""}: ${shown.reason}`,
    `next step: ${shown.advice.text}`,
    `died ${shown.deaths} time(s), last at ${shown.archivedAt.toISOString()}, after ${shown.attempts} tries`,
    ...shown.history.map(({ at, reason }) => `  before: ${at.toISOString()} ${reason}`),
    ...shown.replayList.map(({ replayId, itemState, note }) =>
      `  replay ${replayId}: ${itemState} ${note ?? ""}`.trimEnd(),
    ),
    ...(shown.rule === null ? [] : [`rule v${shown.rule.version}: ${JSON.stringify(shown.rule.policy)}`]),
    shown.editedBody === null ? shown.body : `${shown.body}\nedited: ${shown.editedBody}`,
  ];
  return { json: { deadLetter: shown }, text: lines.join("\n") };
}

export async function deadLettersReplay(
  ctx: Ctx,
  options: FilterOptions & { ids: string[]; rate?: string; canary: string; yes?: boolean; wait?: boolean },
): Promise<Answer> {
  const pace = options.rate === undefined ? {} : { perSecond: Number(options.rate) };
  const selection = { source: "dead_letters", ...toSelection(options) };
  const input = parseInput(Replays.startReplayInput, { selection, ...pace, canary: Number(options.canary) });
  const preview = await Replays.previewReplay(ctx, { selection: input.selection, ...pace });
  const where = preview.integrations.map(
    ({ title, count, isPaused }) => `${count} to ${title}${isPaused ? " (paused)" : ""}`,
  );
  const summary = `${preview.total} would be sent (${where.join(", ") || "nowhere"}), to ${preview.people} people, in ${preview.seconds} s at ${preview.perSecond}/s; ${preview.alreadyDelivered} were delivered already.`;
  if (preview.whyNone !== null) throw new EventforkError("NOT_FOUND", `Nothing would be sent. ${preview.whyNone}`);
  if (!(await isConfirmed(options, `${summary} Send them?`)))
    return { json: { preview }, text: `${summary} Nothing was sent: say --yes to send them.` };
  const { id } = await Replays.startReplay(ctx, input);
  await Replays.advanceReplays(ctx, { untilMs: 1_000 });
  const replay = options.wait ? await waitForEnd(ctx, id) : await Replays.getReplay(ctx, { id });
  return { json: { preview, replay }, text: describeReplay(replay) };
}

async function waitForEnd(ctx: Ctx, id: string): Promise<Replays.Replay> {
  const progress = await createProgress("Replaying");
  for (;;) {
    const replay = await Replays.getReplay(ctx, { id });
    progress.show(replay.figures.total - replay.figures.remaining, replay.figures.total, "sent");
    if (replay.isEnded) {
      progress.end();
      return replay;
    }
    await Replays.advanceReplays(ctx, { untilMs: 1_000 });
    await sleep(250);
  }
}

export async function deadLettersDiscard(
  ctx: Ctx,
  options: FilterOptions & { ids: string[]; reason: string; yes?: boolean },
): Promise<Answer> {
  const { reason } = options;
  const input = parseInput(DeadLetters.discardDeadLettersInput, { ...toSelection(options), reason });
  if (options.ids.length === 0)
    await requireConfirmation(options, "All open ones of that filter would be given up. Discard?");
  const changed = await repeat(() => DeadLetters.discardDeadLetters(ctx, input));
  return { json: { discarded: changed }, text: `${changed} discarded.` };
}

export async function deadLettersRestore(ctx: Ctx, options: FilterOptions & { ids: string[] }): Promise<Answer> {
  const input = parseInput(DeadLetters.restoreDeadLettersInput, toSelection(options));
  const changed = await repeat(() => DeadLetters.restoreDeadLetters(ctx, input));
  return { json: { restored: changed }, text: `${changed} restored.` };
}

export async function deadLettersExport(ctx: Ctx, options: FilterOptions & { ids: string[] }): Promise<Answer | null> {
  const input = parseInput(DeadLetters.exportDeadLettersInput, toSelection(options));
  for await (const line of DeadLetters.exportDeadLetters(ctx, input)) {
    if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  return null;
}

export async function deadLettersRecount(ctx: Ctx): Promise<Answer> {
  const { groups } = await DeadLetters.rebuildGroups(ctx);
  return { json: { groups }, text: `${groups} groups counted.` };
}

async function repeat(change: () => Promise<DeadLetters.Changed>): Promise<number> {
  let total = 0;
  for (;;) {
    const { changed, isDone } = await change();
    total += changed;
    if (isDone) return total;
  }
}

function toFilter({ type, from, to, ...options }: FilterOptions) {
  const { integration, group, status, text, replayed } = options;
  const given = { integration, group, status, text, replayed, eventType: type, from, to };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function toSelection(options: FilterOptions & { ids: string[]; all?: boolean }) {
  const filter = toFilter(options);
  if (options.ids.length > 0) return { ids: options.ids, ...(Object.keys(filter).length > 0 ? { filter } : {}) };
  if (Object.keys(filter).length === 0 && options.all !== true)
    throw new EventforkError("INVALID", "Say which: ids, a filter such as --group, or --all.");
  return { filter };
}
