import type { DeadLetterStatus } from "@eventfork/core/dead-letters";
import type { inferRouterInputs } from "@trpc/server";
import {
  createLoader,
  createSerializer,
  type inferParserType,
  parseAsBoolean,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { deadLetterStatusStyles } from "@/components/ui/status-badge.tsx";
import { listParams, toInput } from "@/lib/search-params.ts";
import type { AppRouter } from "@/server/routers/index.ts";

const statuses = Object.keys(deadLetterStatusStyles) as DeadLetterStatus[];

const filterParams = {
  integration: listParams.integration,
  group: parseAsString,
  eventType: parseAsString,
  status: parseAsStringLiteral(statuses),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  text: parseAsString,
  replayed: parseAsBoolean,
};

export const deadLettersParams = {
  ...filterParams,
  cursor: listParams.cursor,
  causes: parseAsStringLiteral(["all"]),
  causesCursor: parseAsString,
};

type FilterParams = inferParserType<typeof filterParams>;

export type DeadLetterSearchFilter = inferRouterInputs<AppRouter>["deadLetters"]["count"];

const groupsPerPage = 5;

export function toDeadLetterFilter(params: FilterParams): DeadLetterSearchFilter {
  const { integration, group, eventType, status, from, to, text, replayed } = params;
  return toInput({ integration, group, eventType, status, from, to, text, replayed });
}

type GroupsParams = Pick<inferParserType<typeof deadLettersParams>, "integration" | "causes" | "causesCursor">;

export function toGroupsInput({ integration, causes, causesCursor }: GroupsParams) {
  return { ...toInput({ integration, cursor: causesCursor }), onlyOpen: causes === null, limit: groupsPerPage };
}

export const loadDeadLettersParams = createLoader(deadLettersParams);
export const serialiseDeadLettersParams = createSerializer(deadLettersParams);

export const deadLetterStatusOptions = statuses.map((value) => ({ value, title: deadLetterStatusStyles[value].title }));
