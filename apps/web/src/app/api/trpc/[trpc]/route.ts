import { readBodyOf } from "@eventfork/core/platform";
import { findSignedIn } from "@eventfork/core/users";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { after } from "next/server";
import { getRuntime } from "@/server/context.ts";
import { isSameOrigin } from "@/server/http/request-origin.ts";
import { appRouter } from "@/server/routers/index.ts";
import { maxBatchSize } from "@/trpc/query-client.ts";

const bodyBytes = 1024 * 1024;

async function handle(request: Request): Promise<Response> {
  const runtime = getRuntime();
  if (request.method !== "GET" && !isSameOrigin(request, runtime.baseURL)) {
    return Response.json({ message: "This request comes from another site." }, { status: 403 });
  }
  const body = await readBodyOf(request, "application/json", bodyBytes);
  if (typeof body !== "string") return body;
  const { method, headers } = request;
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    maxBatchSize,
    req: new Request(request.url, { method, headers, signal: request.signal, ...(body !== "" && { body }) }),
    router: appRouter,
    createContext: async () => ({
      ...runtime,
      afterResponse: (work) => after(work),
      from: runtime.auth.originOf(headers),
      person: await findSignedIn(runtime.auth, headers, { canRefresh: true }),
    }),
  });
}

export { handle as GET, handle as POST };
