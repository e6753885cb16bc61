"use client";

import type { DeliveryItem } from "@eventfork/core/deliveries";
import { useQueryStates } from "nuqs";
import type { MouseEvent } from "react";
import { deliveriesParams, keyOf, serialiseDeliveriesParams } from "./search-params.ts";

/** Where the focus goes back to when the panel is closed. */
export const idOfLink = (key: string) => `delivery ${key}`;

/** A delivery's name in the list. It opens the panel at the side; as a link it can be opened elsewhere, or sent to a colleague. */
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
