import { createLoader, createSerializer, type inferParserType, parseAsIsoDate, parseAsString } from "nuqs/server";
import { toInput } from "@/lib/search-params.ts";

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

export function toAuditInput({ actor, action, target, from, to, cursor }: AuditState) {
  return toInput({
    actor: actor || null,
    action: action || null,
    target: target || null,
    cursor: cursor || null,
    from,
    to: to && new Date(to.getTime() + dayMs),
  });
}
