import type { DeliveryItem, DeliverySort, DeliveryStatus } from "@eventfork/core/deliveries";
import type { inferRouterInputs } from "@trpc/server";
import {
  createLoader,
  createSerializer,
  type inferParserType,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { deliveryStatusStyles } from "@/components/ui/status-badge.tsx";
import { listParams, toInput } from "@/lib/search-params.ts";
import type { AppRouter } from "@/server/routers/index.ts";

const statuses = Object.keys(deliveryStatusStyles) as DeliveryStatus[];

const sorts = ["changed", "event", "next_try"] as const satisfies readonly DeliverySort[];

const filterParams = {
  integration: listParams.integration,
  status: parseAsStringLiteral(statuses),
  eventType: parseAsString,
  error: parseAsString,
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  text: parseAsString,
};

export const deliveriesParams = {
  ...filterParams,
  sort: parseAsStringLiteral(sorts),
  direction: parseAsStringLiteral(["asc", "desc"] as const),
  cursor: listParams.cursor,
  delivery: parseAsString,
};

export type DeliveriesParams = inferParserType<typeof deliveriesParams>;

type ListInput = NonNullable<inferRouterInputs<AppRouter>["deliveries"]["list"]>;

export type DeliverySearchFilter = Omit<ListInput, "sort" | "direction" | "cursor" | "limit">;

export function toDeliveryFilter({
  integration,
  status,
  eventType,
  error,
  from,
  to,
  text,
}: DeliveriesParams): DeliverySearchFilter {
  return toInput({ integration, status, eventType, error, from, to, text });
}

export function toListInput(params: DeliveriesParams): ListInput {
  const { sort, direction, cursor } = params;
  return { ...toDeliveryFilter(params), ...toInput({ sort, direction, cursor }) };
}

export const loadDeliveriesParams = createLoader(deliveriesParams);
export const serialiseDeliveriesParams = createSerializer(deliveriesParams);

export const deliveryStatusOptions = statuses.map((value) => ({ value, title: deliveryStatusStyles[value].title }));

export function keyOf({ eventId, integration }: Pick<DeliveryItem, "eventId" | "integration">): string {
  return `${eventId}/${integration}`;
}

export function parseKey(key: string | null): { eventId: string; integration: string } | null {
  const slash = key?.lastIndexOf("/") ?? -1;
  if (key === null || slash < 1 || slash === key.length - 1) return null;
  return { eventId: key.slice(0, slash), integration: key.slice(slash + 1) };
}
