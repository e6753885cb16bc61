import { type CompiledRule, compile, explainCompiled, type FailedClause, matches } from "@eventfork/filter-policy";
import type { Db, Tx } from "../platform/db/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { policyOf, ruleScope, ruleSpreadMs } from "./versions.ts";

export type AcceptedVersion = { version: number; acceptedAt: Date; provenAt: Date | null; rule: CompiledRule };

/** Newest first. */
export async function readAccepted(db: Db | Tx, integration: IntegrationName): Promise<AcceptedVersion[]> {
  return (await readAllAccepted(db, [integration])).get(integration) ?? [];
}

export async function readAllAccepted(
  db: Db | Tx,
  integrations: readonly IntegrationName[],
): Promise<ReadonlyMap<string, AcceptedVersion[]>> {
  const where = { integration: { in: [...integrations] }, acceptedAt: { not: null } };
  const rows = await db.ruleVersion.findMany({ where, orderBy: { version: "desc" } });
  const accepted = rows.flatMap(({ integration, version, acceptedAt, provenAt, ...row }) =>
    acceptedAt === null
      ? []
      : [{ integration, version, acceptedAt, provenAt, rule: compile(policyOf(row), ruleScope) }],
  );
  return Map.groupBy(accepted, ({ integration }) => integration);
}

/** While `current` rolls out, `previous` may have decided. */
function findDeciding(
  versions: readonly AcceptedVersion[],
  publishedAt: Date,
): { current: AcceptedVersion; previous: AcceptedVersion | null } | null {
  const index = versions.findIndex(({ acceptedAt }) => acceptedAt <= publishedAt);
  const current = versions[index];
  if (current === undefined) return null;
  const { acceptedAt, provenAt } = current;
  const isProven = provenAt !== null && provenAt <= publishedAt;
  const isSpreading = !isProven && publishedAt.getTime() - acceptedAt.getTime() < ruleSpreadMs;
  return { current, previous: (isSpreading ? versions[index + 1] : undefined) ?? null };
}

/** `because` is empty when the rule matched. */
export type Decision = {
  version: number;
  because: FailedClause[];
  contested: { version: number; isWanted: boolean } | null;
};

export function decide(versions: readonly AcceptedVersion[], publishedAt: Date, body: unknown): Decision | null {
  const deciding = findDeciding(versions, publishedAt);
  if (deciding === null) return null;
  const { current, previous } = deciding;
  const because = explainCompiled(current.rule, { body });
  const isOther = previous !== null && matches(previous.rule, { body }) !== (because.length === 0);
  const contested = isOther ? { version: previous.version, isWanted: because.length > 0 } : null;
  return { version: current.version, because, contested };
}
