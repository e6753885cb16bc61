import { integrations, isIntegrationName } from "@eventfork/core/topology";

/** A removed integration keeps the name that its rows have. */
export function IntegrationTitle({ name }: { name: string }) {
  return <span>{isIntegrationName(name) ? integrations[name].title : name}</span>;
}
