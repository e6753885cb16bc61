import type { inferRouterInputs } from "@trpc/server";
import type { AppRouter } from "@/server/router.ts";

export type SelectionToReplay = inferRouterInputs<AppRouter>["replays"]["start"]["selection"];
