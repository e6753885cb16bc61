export { publishEvents, withPlainClients } from "./publish.ts";

import type { NewEvent } from "@eventfork/core/outbox";
import { type IntegrationName, integrations, requiredNames } from "@eventfork/core/topology";

/** Nine sign-ups and a log-in, over and over, each of a person of its own: `usr_<number>`, from `startingAt` on. */
export function createEvents(count: number, startingAt = 0): NewEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const number = startingAt + i;
    const person = { userId: `usr_${number}`, email: `person.${number}@lovelace.dev`, name: `Person ${number}` };
    return number % 10 === 9
      ? { type: "user.logged_in", data: { ...person, method: "password" } }
      : { type: "user.signed_up", data: { ...person, marketingConsent: number % 2 === 0 } };
  });
}

/** Who gets an event of that type, by the rules with which the topology starts. */
export function integrationsFor(type: string): IntegrationName[] {
  return requiredNames.filter((name) => (integrations[name].rule.type as readonly string[]).includes(type));
}

/** How many deliveries the events make. */
export function countDeliveries(events: readonly NewEvent[]): number {
  return events.reduce((sum, { type }) => sum + integrationsFor(type).length, 0);
}
