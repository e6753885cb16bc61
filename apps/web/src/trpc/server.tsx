import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { dehydrate, type FetchQueryOptions, HydrationBoundary, type QueryKey } from "@tanstack/react-query";
import { TRPCError } from "@trpc/server";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { notFound } from "next/navigation";
import { cache, type ReactNode } from "react";
import { appRouter } from "../server/router.ts";
import { getRuntime } from "../server/runtime.ts";
import { getPerson } from "../server/session.ts";
import { createQueryClient } from "./query-client.ts";

const getQueryClient = cache(createQueryClient);

const getContext = cache(async () => ({ ...getRuntime(), person: await getPerson() }));

/** The router for pages: its options are the same as the client's, its calls stay in this process. */
export const trpc = createTRPCOptionsProxy({ ctx: getContext, router: appRouter, queryClient: getQueryClient });

/** Starts a query that a client component below will read; the page does not wait for it. */
export function prefetch<Data, Failure, Shown, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Shown, Key>,
): void {
  void getQueryClient().prefetchQuery(options);
}

/** A page that has its data within this time is sent whole, without a skeleton first; a slower one does not wait for more. */
const wholeWithinMs = 300;

/** As `prefetch`, for a page that most often has its data at once: one paint instead of two, and nothing moves. Answers whether it has. */
export async function prefetchShortly<Data, Failure, Shown, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Shown, Key>,
): Promise<boolean> {
  const timer = new AbortController();
  const fetched = getQueryClient().prefetchQuery(options);
  await Promise.race([fetched, sleep(wholeWithinMs, undefined, { signal: timer.signal })]);
  timer.abort();
  return getQueryClient().getQueryData(options.queryKey) !== undefined;
}

/** Loads what a page is about before the page is sent; where there is no such thing, there is no such page. */
export async function loadOrNotFound<Data, Failure, Shown, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Shown, Key>,
): Promise<void> {
  try {
    await getQueryClient().fetchQuery(options);
  } catch (error) {
    // Any other failure is left to the client component, which asks again and says what is wrong.
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
  }
}

/** Hands what was prefetched to the client components inside. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
