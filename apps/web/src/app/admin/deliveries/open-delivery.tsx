"use client";

import type { DeliveryItem } from "@eventfork/core/deliveries";
import { useQueryStates } from "nuqs";
import type { MouseEvent } from "react";
import { deliveriesParams, keyOf, serialiseDeliveriesParams } from "./search-params.ts";

/** The focus returns to this element when the panel closes. */
export const idOfLink = (key: string) => `delivery ${key}`;

/** A link, so that it can be opened in a new tab or sent; a plain click opens the panel. */
export function OpenDelivery({ delivery }: { delivery: DeliveryItem }) {
  const [params, setParams] = useQueryStates(deliveriesParams, { history: "push" });
  const key = keyOf(delivery);

  function open(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void setParams({ delivery: key });
  }

  return (
    <a
      id={idOfLink(key)}
      href={serialiseDeliveriesParams("/admin/deliveries", { ...params, delivery: key })}
      onClick={open}
      aria-haspopup="dialog"
      className="block w-fit rounded-sm leading-6 underline-offset-4 hover:underline"
    >
      {delivery.eventType}
    </a>
  );
}
