import { EventforkError } from "./errors.ts";

/** A sender whose connection is closed early loses the response. */
const droppedBytes = 8 * 1_024 * 1_024;

/**
 * Null beyond `maxBytes`.
 * @throws EventforkError `INVALID` for bytes that are not UTF-8.
 */
export async function readBody({ body }: Pick<Request, "body">, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes + droppedBytes) break;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes > maxBytes ? null : decode(Buffer.concat(chunks));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EventforkError("INVALID", "The body is not UTF-8. Encode it as UTF-8, then send it again.", { cause });
  }
}

/** The body, or a response: 400 for invalid UTF-8, 413 when too long, 415 for another type. */
export async function readBodyOf(request: Request, type: string, maxBytes: number): Promise<string | Response> {
  const body = await readBody(request, maxBytes).catch((error) => {
    if (error instanceof EventforkError) return Response.json({ message: error.message }, { status: 400 });
    throw error;
  });
  if (body instanceof Response) return body;
  if (body === null) return Response.json({ message: `The body is larger than ${maxBytes} bytes.` }, { status: 413 });
  const [, given] = /^([\w/+-]+)(; ?charset="?utf-8"?)?$/i.exec(request.headers.get("content-type") ?? "") ?? [];
  if (body === "" || given?.toLowerCase() === type) return body;
  return Response.json({ message: `Send the body as ${type}, and as nothing else.` }, { status: 415 });
}

export const maintenance = {
  code: "MAINTENANCE",
  message: "Eventfork is under maintenance. Nothing was written: try again in a few minutes.",
  retryAfterSeconds: 300,
};

export function maintenanceResponse(body: object): Response {
  return Response.json(body, { status: 503, headers: { "retry-after": String(maintenance.retryAfterSeconds) } });
}
