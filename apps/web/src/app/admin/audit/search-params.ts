import { createLoader, createSerializer, type inferParserType, parseAsIsoDate, parseAsString } from "nuqs/server";

export const auditParams = {
  actor: parseAsString,
  action: parseAsString,
  target: parseAsString,
  from: parseAsIsoDate,
  to: parseAsIsoDate,
  cursor: parseAsString,
};

export const loadAuditParams = createLoader(auditParams);

export const serialiseAuditParams = createSerializer(auditParams);

type AuditState = inferParserType<typeof auditParams>;

const dayMs = 86_400_000;

/** `to` is a day, and the whole of it is meant. */
export function toAuditInput({ actor, action, target, from, to, cursor }: AuditState) {
  return {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(target && { target }),
    ...(from && { from }),
    ...(to && { to: new Date(to.getTime() + dayMs) }),
    ...(cursor && { cursor }),
  };
}
