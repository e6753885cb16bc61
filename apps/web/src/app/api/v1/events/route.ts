import { after } from "next/server";
import { getRuntime } from "@/server/context.ts";
import { answerIngest } from "@/server/http/ingest.ts";

export function POST(request: Request): Promise<Response> {
  const runtime = getRuntime();
  const from = runtime.auth.originOf(request.headers);
  return answerIngest({ ...runtime, from }, request, () => after(runtime.publishOutbox));
}
