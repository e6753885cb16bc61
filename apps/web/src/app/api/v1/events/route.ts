import { after } from "next/server";
import { answerIngest } from "@/server/ingest.ts";
import { getRuntime } from "@/server/runtime.ts";

export function POST(request: Request): Promise<Response> {
  const runtime = getRuntime();
  const from = runtime.auth.originOf(request.headers);
  return answerIngest({ ...runtime, from }, request, () => after(runtime.publishOutbox));
}
