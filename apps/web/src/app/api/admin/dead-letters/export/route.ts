import { findSignedIn } from "@eventfork/core/users";
import { answerExport, openDeadLettersExport } from "@/server/export.ts";
import { getRuntime } from "@/server/runtime.ts";

export async function GET(request: Request): Promise<Response> {
  const runtime = getRuntime();
  const person = await findSignedIn(runtime.auth, request.headers, { canRefresh: false });
  return answerExport({ ...runtime, person }, request, openDeadLettersExport);
}
