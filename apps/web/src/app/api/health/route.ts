import { checkHealth } from "@eventfork/core/health";
import { getRuntime } from "@/server/runtime.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const health = await checkHealth(getRuntime());
  return Response.json(health, { status: health.status === "ok" ? 200 : 503 });
}
