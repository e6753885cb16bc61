import { ingest, ingestLimits } from "@eventfork/core/ingest";
import {
  type Ctx,
  type ErrorCode,
  EventforkError,
  maintenance,
  maintenanceResponse,
  messageOf,
  readBody,
} from "@eventfork/core/platform";
import type { Runtime } from "../context.ts";

const statuses: Readonly<Record<ErrorCode, number>> = {
  INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  LIMITED: 429,
  MISCONFIGURED: 500,
  UNAVAILABLE: 503,
};

export async function answerIngest(
  ctx: Pick<Ctx, "db" | "now" | "from" | "log"> & Partial<Pick<Runtime, "authorizationHeader" | "isInMaintenance">>,
  request: Request,
  publish: () => void,
): Promise<Response> {
  if (ctx.isInMaintenance) {
    return maintenanceResponse({ error: { code: "UNAVAILABLE", message: maintenance.message, problems: [] } });
  }
  try {
    const body = await readBody(request, ingestLimits.bodyBytes);
    if (body === null) {
      throw new EventforkError("INVALID", `The body is larger than ${ingestLimits.bodyBytes} bytes.`);
    }
    const { events, notStored, isRepeated } = await ingest(ctx, {
      authorization: request.headers.get(ctx.authorizationHeader ?? "authorization"),
      idempotencyKey: request.headers.get("idempotency-key"),
      body,
    });
    if (!isRepeated) publish();
    const answer = notStored.length === 0 ? { events } : { events, notStored };
    return Response.json(answer, { status: 202, headers: isRepeated ? { "idempotent-replayed": "true" } : {} });
  } catch (error) {
    return refuse(ctx, error);
  }
}

function refuse({ log }: Pick<Ctx, "log">, error: unknown): Response {
  if (!(error instanceof EventforkError)) {
    log.error({ error: messageOf(error) }, "events could not be taken in");
    const message = "Something went wrong on our side. Send it again under the same Idempotency-Key.";
    return Response.json({ error: { code: "UNEXPECTED", message, problems: [] } }, { status: 500 });
  }
  const { code, message, problems } = error;
  const wait = problems.find(({ path }) => path === "retryAfterSeconds")?.message;
  const headers: Record<string, string> = {
    ...(code === "UNAUTHENTICATED" ? { "www-authenticate": "Bearer" } : {}),
    ...(wait === undefined ? {} : { "retry-after": wait }),
  };
  return Response.json({ error: { code, message, problems } }, { status: statuses[code], headers });
}
