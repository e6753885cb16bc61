import { describeChanges, diffPolicies } from "@eventfork/filter-policy";
import { z } from "zod";
import { audit } from "../audit/index.ts";
import { isUniqueViolation, type Prisma } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, messageOf, nameOfActor, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import type { IntegrationName } from "../topology/index.ts";
import { applyNewest } from "./apply.ts";
import { policyOf, type RuleVersionItem, readPolicyText, readVersion, requireFit, toItem } from "./versions.ts";

type SaveCtx = Pick<Ctx, "db" | "messaging" | "actor" | "now" | "log">;

const policyText = inputText.max(300_000);

export const saveRuleInput = integrationInput.extend({
  policyText,
  note: inputText.trim().max(500).optional(),
  expectedVersion: z.int32().min(0),
});

/**
 * `applyPending` retries when SNS does not accept the version.
 * @throws EventforkError `INVALID` for a refused policy; `CONFLICT` after another save.
 */
export async function saveRule(ctx: SaveCtx, input: z.input<typeof saveRuleInput>): Promise<RuleVersionItem> {
  const { integration, policyText, note, expectedVersion } = parseInput(saveRuleInput, input);
  const policy = requireFit(readPolicyText(policyText), ctx) as Prisma.InputJsonObject;
  return addVersion(ctx, { integration, expectedVersion, policy, note: note || null, action: "rule.saved" });
}

export const rollbackRuleInput = integrationInput.extend({
  version: z.int32().min(1),
  expectedVersion: z.int32().min(1),
  note: inputText.trim().max(500).optional(),
});

/** @throws EventforkError `NOT_FOUND`, `CONFLICT` or `INVALID`, as `saveRule`. */
export async function rollbackRule(ctx: SaveCtx, input: z.input<typeof rollbackRuleInput>): Promise<RuleVersionItem> {
  const { integration, version, expectedVersion, note } = parseInput(rollbackRuleInput, input);
  if (version === expectedVersion)
    throw new EventforkError("CONFLICT", `Version ${version} of ${integration}'s rule is the active one already.`);
  const old = await readVersion(ctx.db, integration, version);
  const policy = requireFit(policyOf(old), ctx) as Prisma.InputJsonObject;
  const rollbackNote = note || `Rolled back to version ${version}.`;
  return addVersion(ctx, { integration, expectedVersion, policy, note: rollbackNote, action: "rule.rolled_back" });
}

type NewVersion = {
  integration: IntegrationName;
  expectedVersion: number;
  policy: Prisma.InputJsonObject;
  note: string | null;
  action: string;
};

async function addVersion(ctx: SaveCtx, { integration, expectedVersion, policy, note, action }: NewVersion) {
  const version = expectedVersion + 1;
  await ctx.db
    .$transaction(async (tx) => {
      const before = await tx.ruleVersion.findFirst({ where: { integration }, orderBy: { version: "desc" } });
      if ((before?.version ?? 0) !== expectedVersion) throw new SavedMeanwhile();
      const author = nameOfActor(ctx.actor);
      const data = { integration, version, policy, author, note, createdAt: ctx.now() };
      await tx.ruleVersion.create({ data }).catch((error: unknown) => {
        throw isUniqueViolation(error) ? new SavedMeanwhile() : error;
      });
      await audit(tx, ctx, {
        action,
        target: `${integration} v${version}`,
        before: before?.policy ?? {},
        after: policy,
      });
    })
    .catch(async (error: unknown) => {
      throw error instanceof SavedMeanwhile ? await conflict(ctx, integration, expectedVersion) : error;
    });
  await applyNewest(ctx, integration).catch((error: unknown) =>
    ctx.log.warn({ integration, version, error: messageOf(error) }, "a saved rule is applied by the schedule"),
  );
  return toItem(await readVersion(ctx.db, integration, version), ctx.now());
}

class SavedMeanwhile extends Error {}

async function conflict({ db }: Pick<Ctx, "db">, integration: IntegrationName, expected: number) {
  const rows = await db.ruleVersion.findMany({
    where: { integration, version: { gte: expected } },
    orderBy: { version: "desc" },
  });
  const [newest, base] = [rows[0], rows.at(-1)];
  if (newest === undefined || base === undefined || base.version !== expected)
    return new EventforkError("CONFLICT", `${integration}'s rule has no version ${expected} to start from: reload it.`);
  const changes = diffPolicies(policyOf(base), policyOf(newest));
  const changed =
    changes.length === 0 ? "It changed nothing in the policy." : `It changed ${describeChanges(changes)}.`;
  const message = `${newest.author} saved version ${newest.version} of ${integration}'s rule while you edited version ${expected}. Nothing was overwritten. ${changed}`;
  const problems = changes.map((change) => ({ path: change.path, message: describeChanges([change]) }));
  return new EventforkError("CONFLICT", message, { problems });
}
