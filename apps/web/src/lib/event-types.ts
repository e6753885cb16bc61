import { catalog, eventTypes } from "@eventfork/core/events";

export function eventTypeOptions(chosen: string | null): { value: string; title: string }[] {
  const options = eventTypes.map((value) => ({ value: String(value), title: catalog[value].plural }));
  const isKnown = chosen === null || options.some(({ value }) => value === chosen);
  return isKnown ? options : [...options, { value: chosen, title: chosen }];
}
