import { rangeNames } from "@eventfork/core/rollups/presets";
import { type IntegrationName, integrationNames, integrations } from "@eventfork/core/topology";
import { createLoader, createSerializer, parseAsIsoDateTime, parseAsString, parseAsStringLiteral } from "nuqs/server";

export const listParams = { integration: parseAsStringLiteral(integrationNames), cursor: parseAsString };

export const integrationOptions: readonly { value: IntegrationName; title: string }[] = integrationNames.map(
  (name) => ({
    value: name,
    title: integrations[name].title,
  }),
);

type Input<State> = { [Key in keyof State]?: NonNullable<State[Key]> };

export function toInput<State extends Readonly<Record<string, unknown>>>(state: State): Input<State> {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)) as Input<State>;
}

export const rangeParams = {
  range: parseAsStringLiteral(rangeNames),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};

export const loadRangeParams = createLoader(rangeParams);
export const serialiseRangeParams = createSerializer(rangeParams);
