import { integrations, isIntegrationName } from "@eventfork/core/topology";

/** An integration by its title; one that has been removed keeps the name that its rows have. */
export function IntegrationTitle({ name }: { name: string }) {
  return <span>{isIntegrationName(name) ? integrations[name].title : name}</span>;
}
