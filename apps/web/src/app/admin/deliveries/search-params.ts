import type { DeliveryStatus } from "@eventfork/core/deliveries";
import { createLoader, createSerializer, parseAsStringLiteral } from "nuqs/server";
import { deliveryLooks } from "@/components/status-badge.tsx";
import { listParams } from "@/lib/list-params.ts";

const statuses = Object.keys(deliveryLooks) as DeliveryStatus[];

export const deliveriesParams = { ...listParams, status: parseAsStringLiteral(statuses) };

export const loadDeliveriesParams = createLoader(deliveriesParams);

export const serialiseDeliveriesParams = createSerializer(deliveriesParams);

export const deliveryStatusOptions = statuses.map((value) => ({ value, title: deliveryLooks[value].title }));
