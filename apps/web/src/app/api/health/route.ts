import { checkHealth } from "@eventfork/core/health";
import { getRuntime } from "@/server/context.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const runtime = getRuntime();
  const health = await checkHealth(runtime);
  return Response.json(runtime.isInMaintenance ? { ...health, maintenance: "on" } : health, {
    status: health.status === "ok" ? 200 : 503,
  });
}
