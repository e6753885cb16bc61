import { type Actor, type Ctx, EventforkError, messageOf } from "@eventfork/core/kernel";
import type { Person } from "@eventfork/core/users";
import { isFromAnotherSite } from "./origin.ts";

type ExportCtx = Omit<Ctx, "actor"> & { person: Person | null; baseURL: string };

/** What is exported: a file of lines, each with its end. */
export type Export = { lines: AsyncGenerator<string>; fileName: string; contentType: string };

/**
 * A file for an admin, line by line however long it is. An error before the first line is an answer of 4xx or 5xx; one after it cuts the answer
 * off, so that no half of it passes for the whole.
 */
export async function answerExport(
  ctx: ExportCtx,
  request: Request,
  open: (ctx: Ctx, params: URLSearchParams) => Export,
): Promise<Response> {
  if (isFromAnotherSite(request, ctx.baseURL)) return refuse(403, "This request comes from another site.");
  const { person } = ctx;
  if (person?.role !== "admin") return refuse(403, "Only an admin may do this.");
  const actor: Actor = { kind: "person", id: person.id, email: person.email, role: person.role };
  try {
    const { lines, fileName, contentType } = open({ ...ctx, actor }, new URL(request.url).searchParams);
    const first = await lines.next();
    return new Response(toStream(ctx, first, lines), {
      headers: {
        "content-type": `${contentType}; charset=utf-8`,
        "content-disposition": `attachment; filename="${fileName}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    if (error instanceof EventforkError) return refuse(error.code === "INVALID" ? 400 : 403, error.message);
    ctx.log.error({ error: messageOf(error) }, "an export failed");
    return refuse(500, "Something went wrong on our side. Try again in a moment.");
  }
}

/**
 * The parameters of these names, those that are there.
 * @throws EventforkError `INVALID` for one that is of no such name: a misspelt filter would export more than was meant.
 */
export function readParams(params: URLSearchParams, names: readonly string[]): Record<string, string> {
  const strange = [...params.keys()].find((name) => !names.includes(name));
  if (strange !== undefined) throw new EventforkError("INVALID", `${strange}: there is no such filter.`);
  return Object.fromEntries(params);
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
