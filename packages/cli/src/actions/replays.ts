import { type Ctx, parseInput } from "@eventfork/core/kernel";
import * as Replays from "@eventfork/core/replays";
import { type Answer, formatTable } from "../terminal/output.ts";

const titles = ["id", "state", "total", "sent", "delivered", "failed", "skipped", "remaining", "started", "by", "what"];

export async function replaysList(
  ctx: Ctx,
  { limit, ...options }: { state?: string; source?: string; limit: string; cursor?: string },
): Promise<Answer> {
  const input = parseInput(Replays.listReplaysInput, { ...options, limit: Number(limit) });
  const page = await Replays.listReplays(ctx, input);
  const rows = page.replays.map(({ figures, ...replay }) => [
    replay.id,
    replay.state,
    ...[figures.total, figures.sent, figures.delivered, figures.failed, figures.skipped, figures.remaining].map(String),
    replay.createdAt.toISOString(),
    replay.createdBy,
    replay.title,
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  return { json: page, text: rows.length === 0 ? "No replays yet." : `${formatTable(titles, rows)}${more}` };
}

export async function replaysShow(ctx: Ctx, { id }: { id: string }): Promise<Answer> {
  const replay = await Replays.getReplay(ctx, { id });
  const { items } = await Replays.listReplayItems(ctx, { id, state: "failed", limit: 20 });
  const failures = items.map(
    ({ eventId, integration, note }) => `  failed ${eventId} at ${integration}: ${note ?? ""}`,
  );
  return { json: { replay, failed: items }, text: [describeReplay(replay), ...failures].join("\n") };
}

type Control = (ctx: Ctx, input: { id: string }) => Promise<Replays.Replay>;

const controlWith =
  (control: Control) =>
  async (ctx: Ctx, { id }: { id: string }): Promise<Answer> => {
    const replay = await control(ctx, { id });
    return { json: { replay }, text: describeReplay(replay) };
  };

export const replaysPause = controlWith(Replays.pauseReplay);
export const replaysResume = controlWith(Replays.resumeReplay);
export const replaysCancel = controlWith(Replays.cancelReplay);

export function describeReplay({
  id,
  title,
  state,
  sentence,
  figures,
  secondsLeft,
  perSecond,
}: Replays.Replay): string {
  const { total, sent, delivered, failed, skipped, cancelled, remaining, inFlight } = figures;
  const counts = { total, sent, delivered, failed, skipped, cancelled, remaining, "in flight": inFlight };
  const left = secondsLeft === null || remaining === 0 ? "" : `; ${secondsLeft} s left at ${perSecond}/s`;
  const list = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return `${id}  ${title}  ${state}\n${sentence}\n${list.join(", ")}${left}`;
}
