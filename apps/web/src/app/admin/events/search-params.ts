import { parseSearch } from "@eventfork/core/search/syntax";
import type { inferRouterInputs } from "@trpc/server";
import {
  createLoader,
  createSerializer,
  type inferParserType,
  parseAsBoolean,
  parseAsIsoDateTime,
  parseAsString,
} from "nuqs/server";
import { listParams, toInput } from "@/lib/search-params.ts";
import type { AppRouter } from "@/server/routers/index.ts";

export const eventsParams = {
  search: parseAsString,
  type: parseAsString,
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  live: parseAsBoolean.withDefault(true),
  cursor: listParams.cursor,
};

export type EventsParams = inferParserType<typeof eventsParams>;
export type EventsInput = NonNullable<inferRouterInputs<AppRouter>["events"]["list"]>;

export function toEventsInput({ search, type, from, to, cursor }: Omit<EventsParams, "live">): EventsInput {
  return toInput({ search: search?.trim() || null, type, from, to, cursor });
}

export function findSearchProblem(search: string | null): string | null {
  try {
    parseSearch(search ?? "");
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const loadEventsParams = createLoader(eventsParams);
export const serialiseEventsParams = createSerializer(eventsParams);
