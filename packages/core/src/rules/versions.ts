import { z } from "zod";
import { audit } from "../audit/index.ts";
import type { RuleVersionModel } from "../db/generated/models.ts";
import { Prisma } from "../db/index.ts";
import { integrationInput } from "../integrations/input.ts";
import { type Ctx, EventforkError, messageOf, nameOfActor, parseInput } from "../kernel/index.ts";
import { type IntegrationName, integrationNames, integrations } from "../topology/index.ts";
import { type Policy, parsePolicy, validatePolicy } from "./language.ts";
import { setLivePolicy } from "./live.ts";

export type RuleVersionItem = {
  version: number;
  policy: Policy;
  author: string;
  note: string | null;
  createdAt: Date;
  acceptedAt: Date | null;
  applyError: string | null;
};

export type Rule = { integration: IntegrationName; active: RuleVersionItem; versions: RuleVersionItem[] };

/** Every subscription filters on the event's body. */
export const ruleScope = "MessageBody";

export const getRuleInput = integrationInput;

/** An integration's rule: the newest version, and all of them, newest first. */
export async function getRule(ctx: Pick<Ctx, "db">, input: z.input<typeof getRuleInput>): Promise<Rule> {
  const { integration } = parseInput(getRuleInput, input);
  const rows = await ctx.db.ruleVersion.findMany({ where: { integration }, orderBy: { version: "desc" } });
  const versions = rows.map(toItem);
  const [active] = versions;
  if (active === undefined)
    throw new EventforkError("NOT_FOUND", `${integration} has no rule yet: run the migrations.`);
  return { integration, active, versions };
}

export const saveRuleInput = integrationInput.extend({
  /** JSON text, as the operator wrote it. */
  policyText: z.string().max(300_000),
  note: z.string().trim().max(500).optional(),
  /** The version the editor started from: someone else's save in between is a conflict. */
  expectedVersion: z.number().int().min(0),
});

/**
 * Saves a rule's next version and applies it to the live subscription. The version stays saved when SNS cannot be
 * reached: `applyError` says why, and the next `applyPending` tries again.
 * @throws EventforkError `INVALID` with each problem when SNS would refuse the policy, `CONFLICT` when someone else saved first.
 */
export async function saveRule(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  input: z.input<typeof saveRuleInput>,
): Promise<RuleVersionItem> {
  const { integration, policyText, note, expectedVersion } = parseInput(saveRuleInput, input);
  const policy = readPolicy(policyText);
  const version = expectedVersion + 1;
  await ctx.db.$transaction(async (tx) => {
    const before = await tx.ruleVersion.findFirst({ where: { integration }, orderBy: { version: "desc" } });
    if ((before?.version ?? 0) !== expectedVersion) throw conflict(integration, before?.version ?? 0, expectedVersion);
    const data = {
      integration,
      version,
      policy,
      author: nameOfActor(ctx.actor),
      note: note || null,
      createdAt: ctx.now(),
    };
    await tx.ruleVersion.create({ data }).catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict(integration, version, expectedVersion) : error;
    });
    const target = `${integration} v${version}`;
    await audit(tx, ctx, { action: "rule.saved", target, before: before?.policy ?? {}, after: policy });
  });
  await applyVersion(ctx, integration, version, policy as Policy);
  return toItem(
    await ctx.db.ruleVersion.findUniqueOrThrow({ where: { integration_version: { integration, version } } }),
  );
}

/** Applies every newest version that SNS has not accepted yet. Answers how many it accepted now. */
export async function applyPending(
  ctx: Pick<Ctx, "db" | "messaging" | "now">,
): Promise<{ applied: number; failed: number }> {
  const result = { applied: 0, failed: 0 };
  for (const integration of integrationNames) {
    const newest = await ctx.db.ruleVersion.findFirst({ where: { integration }, orderBy: { version: "desc" } });
    if (newest === null || newest.acceptedAt !== null) continue;
    const isApplied = await applyVersion(ctx, integration, newest.version, toItem(newest).policy);
    result[isApplied ? "applied" : "failed"] += 1;
  }
  return result;
}

/** Writes version 1 of every rule from `topology`, where there is none. Its subscription was made with the same policy. */
export async function seedRules(ctx: Pick<Ctx, "db" | "now">): Promise<void> {
  const now = ctx.now();
  await ctx.db.ruleVersion.createMany({
    data: integrationNames.map((integration) => ({
      integration,
      version: 1,
      policy: integrations[integration].rule as Prisma.InputJsonObject,
      author: "system:topology",
      note: "The rule that the integration starts with.",
      createdAt: now,
      acceptedAt: now,
    })),
    skipDuplicates: true,
  });
}

async function applyVersion(
  ctx: Pick<Ctx, "db" | "messaging" | "now">,
  integration: IntegrationName,
  version: number,
  policy: Policy,
): Promise<boolean> {
  const where = { integration_version: { integration, version } };
  const applyAttempts = { increment: 1 };
  try {
    await setLivePolicy(ctx, integration, policy);
    await ctx.db.ruleVersion.update({ where, data: { acceptedAt: ctx.now(), applyError: null, applyAttempts } });
    return true;
  } catch (error) {
    await ctx.db.ruleVersion.update({ where, data: { applyError: messageOf(error), applyAttempts } });
    return false;
  }
}

function readPolicy(text: string): Prisma.InputJsonObject {
  const parsed = parsePolicy(text);
  const problems = parsed.ok ? validatePolicy(parsed.policy, ruleScope) : parsed.problems;
  if (!parsed.ok || problems.length > 0) {
    const list = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join(" ");
    throw new EventforkError("INVALID", `SNS would refuse this rule, so it was not saved. ${list}`, { problems });
  }
  return parsed.policy as Prisma.InputJsonObject;
}

function conflict(integration: string, current: number, expected: number): EventforkError {
  return new EventforkError(
    "CONFLICT",
    `Someone else saved version ${current} of ${integration}'s rule while you edited version ${expected}. Nothing was overwritten: reload to see it.`,
  );
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

function toItem(row: RuleVersionModel): RuleVersionItem {
  const { version, author, note, createdAt, acceptedAt, applyError } = row;
  return { version, policy: policyOf(row), author, note, createdAt, acceptedAt, applyError };
}

/** The policy of a stored version: that column only ever holds what `saveRule` has validated, or `topology` gave. */
export function policyOf(row: Pick<RuleVersionModel, "policy">): Policy {
  return row.policy as Policy;
}
