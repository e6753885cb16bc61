import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import { type AuthFormAnswer, type FormProblems, ourFault, unreachable } from "@/lib/auth-client.ts";
import type { AppRouter } from "@/server/routers/index.ts";

const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: "/api/trpc", transformer: superjson })] });

export async function askAccount(ask: (account: typeof client.account) => Promise<unknown>): Promise<AuthFormAnswer> {
  try {
    await ask(client.account);
    return { ok: true, role: "", isSignedIn: true };
  } catch (error) {
    return { ok: false, problems: readProblems(error) };
  }
}

function readProblems(error: unknown): FormProblems {
  if (!(error instanceof TRPCClientError)) return ourFault;
  const data = error.data as { code?: string; problems?: readonly { path: string; message: string }[] } | null;
  if (!data) return unreachable;
  if (data.code !== "BAD_REQUEST" || !data.problems?.length) return { form: error.message };
  return Object.fromEntries(data.problems.map(({ path, message }) => [path || "form", message]));
}
