import { integrations, isIntegrationName } from "@eventfork/core/topology";

export function IntegrationTitle({ name }: { name: string }) {
  return <span>{isIntegrationName(name) ? integrations[name].title : name}</span>;
}
