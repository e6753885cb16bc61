import { findSignedIn } from "@eventfork/core/users";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { after } from "next/server";
import { isSameOrigin } from "@/server/origin.ts";
import { appRouter } from "@/server/router.ts";
import { getRuntime } from "@/server/runtime.ts";

async function handle(request: Request): Promise<Response> {
  const runtime = getRuntime();
  if (request.method !== "GET" && !isSameOrigin(request, runtime.baseURL)) {
    return Response.json({ message: "This request comes from another site." }, { status: 403 });
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async () => ({
      ...runtime,
      afterResponse: (work) => after(work),
      from: runtime.auth.originOf(request.headers),
      person: await findSignedIn(runtime.auth, request.headers, { canRefresh: true }),
    }),
  });
}

export { handle as GET, handle as POST };
