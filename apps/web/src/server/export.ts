import * as DeadLetters from "@eventfork/core/dead-letters";
import { type Actor, type Ctx, EventforkError, messageOf, parseInput } from "@eventfork/core/kernel";
import type { Person } from "@eventfork/core/users";
import { isFromAnotherSite } from "./origin.ts";

type ExportCtx = Omit<Ctx, "actor"> & { person: Person | null; baseURL: string };

/** Ids stand in the address, which Node cuts off at 16 KiB with the rest of the header. */
const maximumIds = 300;

const names = ["integration", "group", "eventType", "status", "from", "to", "text", "replayed"] as const;

/**
 * Dead letters as NDJSON, for an admin: those of `ids` (with commas between), or all that the filter in the address finds. An error
 * before the first line is an answer of 4xx or 5xx; one after it cuts the answer off, so that no half of it passes for the whole.
 */
export async function answerExport(ctx: ExportCtx, request: Request): Promise<Response> {
  if (isFromAnotherSite(request, ctx.baseURL)) return refuse(403, "This request comes from another site.");
  const { person } = ctx;
  if (person?.role !== "admin") return refuse(403, "Only an admin may do this.");
  const actor: Actor = { kind: "person", id: person.id, email: person.email, role: person.role };
  try {
    const lines = DeadLetters.exportDeadLetters({ ...ctx, actor }, readSelection(new URL(request.url).searchParams));
    const first = await lines.next();
    return new Response(toStream(ctx, first, lines), {
      headers: {
        "content-type": "application/x-ndjson; charset=utf-8",
        "content-disposition": 'attachment; filename="dead-letters.ndjson"',
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    if (error instanceof EventforkError) return refuse(error.code === "INVALID" ? 400 : 403, error.message);
    ctx.log.error({ error: messageOf(error) }, "an export failed");
    return refuse(500, "Something went wrong on our side. Try again in a moment.");
  }
}

function readSelection(params: URLSearchParams) {
  const known: readonly string[] = [...names, "ids"];
  const strange = [...params.keys()].find((name) => !known.includes(name));
  if (strange !== undefined) throw new EventforkError("INVALID", `${strange}: there is no such filter.`);
  const filter: Record<string, unknown> = {};
  for (const name of names) {
    const value = params.get(name);
    if (value !== null) filter[name] = name === "replayed" ? toBoolean(value) : value;
  }
  const ids = params.get("ids")?.split(",");
  if (ids === undefined) return parseInput(DeadLetters.exportDeadLettersInput, { filter });
  if (ids.length > maximumIds)
    throw new EventforkError("INVALID", `ids: should be ${maximumIds} at most; use a filter.`);
  if (Object.keys(filter).length > 0) throw new EventforkError("INVALID", "Give either ids or a filter.");
  return { ids };
}

function toBoolean(value: string): boolean {
  if (value !== "true" && value !== "false") throw new EventforkError("INVALID", "replayed: should be true or false.");
  return value === "true";
}

function toStream(
  { log }: Pick<Ctx, "log">,
  first: IteratorResult<string>,
  lines: AsyncGenerator<string>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let result = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        if (result.done) return controller.close();
        controller.enqueue(encoder.encode(result.value));
        result = await lines.next();
      } catch (error) {
        log.error({ error: messageOf(error) }, "an export was cut off");
        controller.error(error);
      }
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}
