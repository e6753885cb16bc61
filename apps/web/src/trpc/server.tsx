import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { dehydrate, type FetchQueryOptions, HydrationBoundary, type QueryKey } from "@tanstack/react-query";
import { TRPCError } from "@trpc/server";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { notFound } from "next/navigation";
import { cache, type ReactNode } from "react";
import { getRuntime } from "../server/context.ts";
import { appRouter } from "../server/routers/index.ts";
import { getPerson } from "../server/session.ts";
import { createQueryClient } from "./query-client.ts";

const getQueryClient = cache(createQueryClient);

const getContext = cache(async () => ({ ...getRuntime(), person: await getPerson() }));

export const trpc = createTRPCOptionsProxy({ ctx: getContext, router: appRouter, queryClient: getQueryClient });

export function prefetch<Data, Failure, Shown, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Shown, Key>,
): void {
  void getQueryClient().prefetchQuery(options);
}

const wholeWithinMs = 300;

export async function prefetchShortly<Data, Failure, Shown, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Shown, Key>,
): Promise<boolean> {
  const timer = new AbortController();
  const fetched = getQueryClient().prefetchQuery(options);
  await Promise.race([fetched, sleep(wholeWithinMs, undefined, { signal: timer.signal })]);
  timer.abort();
  return getQueryClient().getQueryData(options.queryKey) !== undefined;
}

/** Sends a 404 when the record does not exist. */
export async function loadOrNotFound<Data, Failure, Shown, Key extends QueryKey>(
  options: FetchQueryOptions<Data, Failure, Shown, Key>,
): Promise<void> {
  try {
    await getQueryClient().fetchQuery(options);
  } catch (error) {
    // The client component retries and shows other failures.
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
  }
}

export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
