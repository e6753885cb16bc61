import { rangeNames } from "@eventfork/core/rollups/presets";
import { createLoader, createSerializer, parseAsIsoDateTime, parseAsStringLiteral } from "nuqs/server";

export const rangeParams = {
  range: parseAsStringLiteral(rangeNames),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};

export const loadRangeParams = createLoader(rangeParams);
export const serialiseRangeParams = createSerializer(rangeParams);
