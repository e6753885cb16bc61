import { findSignedIn } from "@eventfork/core/users";
import { getRuntime } from "@/server/context.ts";
import { answerExport, openDeliveriesExport } from "@/server/http/exports.ts";

export async function GET(request: Request): Promise<Response> {
  const runtime = getRuntime();
  const person = await findSignedIn(runtime.auth, request.headers, { canRefresh: false });
  return answerExport({ ...runtime, person }, request, openDeliveriesExport);
}
