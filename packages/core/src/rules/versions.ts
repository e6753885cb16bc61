import {
  at,
  describeProblems,
  isObject,
  type Policy,
  type Problem,
  parsePolicy,
  validatePolicy,
} from "@eventfork/filter-policy";
import type { z } from "zod";
import type { Db, Prisma, RuleVersionModel, Tx } from "../platform/db/index.ts";
import type { FanOut } from "../platform/fan-out/index.ts";
import { type Ctx, EventforkError, parseInput } from "../platform/index.ts";
import { integrationInput, isStorableText, unstorable } from "../platform/input.ts";
import { type IntegrationName, integrations, isIntegrationName, isOptional, requiredNames } from "../topology/index.ts";

/** Source: SNS developer guide, "Message filtering". */
export const ruleSpreadMs = 15 * 60 * 1000;

/**
 * `accepted`: rolling out. `in force`: proven by an event, or after 15 minutes. `skipped`: replaced before SNS accepted
 * it.
 */
export type RuleState = "saved" | "accepted" | "in force" | "skipped";

export type RuleVersionItem = {
  version: number;
  policy: Policy;
  author: string;
  note: string | null;
  createdAt: Date;
  state: RuleState;
  acceptedAt: Date | null;
  applyError: string | null;
  applyAttempts: number;
  applyNextAt: Date | null;
  inForceAt: Date | null;
  provenBy: string | null;
  provenAt: Date | null;
};

export type LiveRule = {
  checkedAt: Date;
  version: number;
  policyText: string | null;
  scope: string | null;
  error: string | null;
  driftedSince: Date | null;
};

export type Rule = {
  integration: IntegrationName;
  active: RuleVersionItem;
  versions: RuleVersionItem[];
  live: (LiveRule & { obstacle: string | null }) | null;
  fanOut: string;
};

export const ruleScope = "MessageBody";

type RuleCtx = Pick<Ctx, "db" | "messaging" | "now">;

export const getRuleInput = integrationInput;

export async function getRule(ctx: RuleCtx, input: z.input<typeof getRuleInput>): Promise<Rule> {
  const { integration } = parseInput(getRuleInput, input);
  const [rows, live] = await Promise.all([
    ctx.db.ruleVersion.findMany({ where: { integration }, orderBy: { version: "desc" } }),
    ctx.db.ruleLive.findUnique({ where: { integration }, omit: { integration: true, subscription: true } }),
  ]);
  const now = ctx.now();
  const versions = rows.map((row, index) => toItem(row, now, index > 0));
  const [active] = versions;
  if (active === undefined) throw noRule(integration);
  const { label, describeObstacle } = ctx.messaging.fanOut;
  const seen = live === null ? null : { ...live, obstacle: describeObstacle(live) };
  return { integration, active, versions, live: seen, fanOut: label };
}

export type RuleIssue = Pick<Rule, "integration" | "active" | "live">;

export async function listRuleTroubles(ctx: RuleCtx): Promise<RuleIssue[]> {
  const known = await ctx.db.ruleVersion.findMany({ where: { version: 1 }, select: { integration: true } });
  const names = known.map(({ integration }) => integration).filter(isIntegrationName);
  const rules = await Promise.all(names.map((integration) => getRule(ctx, { integration })));
  return rules
    .filter(({ active, live }) => active.applyError !== null || (live?.driftedSince ?? null) !== null)
    .map(({ integration, active, live }) => ({ integration, active, live }));
}

export async function seedRules(
  ctx: Pick<Ctx, "db" | "now">,
  names: readonly IntegrationName[] = requiredNames,
): Promise<void> {
  const now = ctx.now();
  await ctx.db.ruleVersion.createMany({
    data: names.map((integration) => ({
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

/** @throws EventforkError `NOT_FOUND` */
export async function readNewest(db: Db | Tx, integration: IntegrationName): Promise<RuleVersionModel> {
  const newest = await db.ruleVersion.findFirst({ where: { integration }, orderBy: { version: "desc" } });
  if (newest === null) throw noRule(integration);
  return newest;
}

/** @throws EventforkError `NOT_FOUND` */
export async function readVersion(
  db: Db | Tx,
  integration: IntegrationName,
  version: number,
): Promise<RuleVersionModel> {
  const row = await db.ruleVersion.findUnique({ where: { integration_version: { integration, version } } });
  if (row === null) throw new EventforkError("NOT_FOUND", `${integration}'s rule has no version ${version}.`);
  return row;
}

export function toItem(row: RuleVersionModel, now: Date, isOvertaken = false): RuleVersionItem {
  const { integration: _, policy, ...fields } = row;
  const state = stateOf(row, now, isOvertaken);
  return { ...fields, policy: policyOf({ policy }), state, inForceAt: state === "in force" ? inForceAt(row) : null };
}

function inForceAt({ provenAt, acceptedAt }: RuleVersionModel): Date | null {
  return provenAt ?? (acceptedAt === null ? null : new Date(acceptedAt.getTime() + ruleSpreadMs));
}

function stateOf({ acceptedAt, provenAt }: RuleVersionModel, now: Date, isOvertaken: boolean): RuleState {
  if (acceptedAt === null) return isOvertaken ? "skipped" : "saved";
  return provenAt !== null || now.getTime() - acceptedAt.getTime() >= ruleSpreadMs ? "in force" : "accepted";
}

export function policyOf(row: Pick<RuleVersionModel, "policy">): Policy {
  return row.policy as Policy;
}

function noRule(integration: IntegrationName): EventforkError {
  return new EventforkError(
    "NOT_FOUND",
    `${integrations[integration].title} has no rule yet: ${isOptional(integration) ? "it has never been switched on" : "run the migrations"}.`,
  );
}

export type FitCtx = { messaging: { fanOut: Pick<FanOut, "label" | "validateFilter"> } };

/** SNS accepts these keys; Prisma and the admin's wire format do not. */
const prototypeNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** @throws EventforkError `INVALID` */
export function readPolicyText(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw refuse("SNS would refuse this rule, so it was not saved.", parsed.problems);
  const problems = validatePolicy(parsed.policy, ruleScope);
  if (problems.length > 0) throw refuse("SNS would refuse this rule, so it was not saved.", problems);
  const unkept = findUnkept("", parsed.policy);
  if (unkept.length > 0) throw refuse("This rule cannot be kept, so it was not saved.", unkept);
  return parsed.policy;
}

/** @throws EventforkError `INVALID` */
export function requireFit(policy: Policy, { messaging }: FitCtx): Policy {
  const problems = messaging.fanOut.validateFilter(policy);
  if (problems.length === 0) return policy;
  throw refuse(`The ${messaging.fanOut.label} would not match the same events by this rule.`, problems);
}

function findUnkept(path: string, value: unknown): { path: string; message: string }[] {
  if (typeof value === "string") return isStorableText(value) ? [] : [{ path, message: unstorable }];
  if (Array.isArray(value)) return value.flatMap((item, index) => findUnkept(at(path, index), item));
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const place = at(path, key);
    if (!isStorableText(key)) return [{ path: place, message: unstorable }];
    const message = `${JSON.stringify(key)} cannot be a key: it is the name of a part of every JavaScript object. No event of ours has such a field; remove it.`;
    return prototypeNames.has(key) ? [{ path: place, message }] : findUnkept(place, value[key]);
  });
}

function refuse(what: string, problems: readonly Pick<Problem, "path" | "message">[]) {
  return new EventforkError("INVALID", `${what} ${describeProblems(problems)}`, { problems });
}
