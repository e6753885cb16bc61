import type { inferRouterInputs } from "@trpc/server";
import type { AppRouter } from "@/server/router.ts";

/** What is to be replayed: dead letters, past events, what a rule kept out, or what is overdue. */
export type SelectionToReplay = inferRouterInputs<AppRouter>["replays"]["start"]["selection"];
