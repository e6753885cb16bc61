import { type Policy, parsePolicy } from "@eventfork/filter-policy";
import type { z } from "zod";
import { audit } from "../audit/index.ts";
import { listOn } from "../platform/aws/index.ts";
import type { Prisma, RuleVersionModel, Tx } from "../platform/db/index.ts";
import type { LiveFilter } from "../platform/fan-out/index.ts";
import { type Ctx, EventforkError, messageOf, nameOfActor, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import type { IntegrationName } from "../topology/index.ts";
import { type LiveRule, policyOf, readNewest, readPolicyText, requireFit, ruleScope, toItem } from "./versions.ts";

const lockTimeoutMs = 60_000;

/** Serializes access to an integration's live policy and versions. */
export function withApplyLock<T>(
  { db }: Pick<Ctx, "db">,
  integration: IntegrationName,
  action: (tx: Tx) => Promise<T>,
): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`rule.apply.${integration}`}, 0))`;
      return action(tx);
    },
    { timeout: lockTimeoutMs },
  );
}

type DriftCtx = Pick<Ctx, "db" | "messaging" | "now">;

const omit = { integration: true, subscription: true } as const;

const checkEveryMs = 30_000;

/** While AWS does not answer, each check waits for a timeout. */
const checkForMs = 10_000;

export async function checkDrifts(ctx: DriftCtx & Pick<Ctx, "log">): Promise<{ checked: number; drifted: number }> {
  const startedAt = ctx.now().getTime();
  const since = new Date(startedAt - checkEveryMs);
  const fresh = await ctx.db.ruleLive.findMany({ where: { checkedAt: { gt: since } }, select: { integration: true } });
  const isFresh = new Set(fresh.map(({ integration }) => integration));
  const due = listOn(ctx.messaging).filter((name) => !isFresh.has(name));
  let drifted = 0;
  for (const integration of due) {
    const live = await checkDrift(ctx, { integration });
    if (live !== null && live.error !== null) {
      ctx.log.warn({ integration, error: live.error }, "the live filter could not be read");
      if (ctx.now().getTime() - startedAt > checkForMs) break;
      continue;
    }
    if (live === null || live.driftedSince === null) continue;
    drifted += 1;
    ctx.log.error({ integration, version: live.version }, "the live filter is not the rule's active version");
  }
  return { checked: due.length, drifted };
}

export const checkDriftInput = integrationInput;

/** Null while SNS has not accepted the newest version. A recreated subscription gets it immediately. */
export async function checkDrift(
  ctx: DriftCtx & Pick<Ctx, "log">,
  input: z.input<typeof checkDriftInput>,
): Promise<LiveRule | null> {
  const { integration } = parseInput(checkDriftInput, input);
  const { fanOut } = ctx.messaging;
  return withApplyLock(ctx, integration, async (tx) => {
    const newest = await readNewest(tx, integration);
    if (newest.acceptedAt === null) return null;
    try {
      const live = await fanOut.readFilter(integration);
      const before = await tx.ruleLive.findUnique({ where: { integration } });
      const isNew = before !== null && before.subscription !== null && before.subscription !== live.subscription;
      const policy = policyOf(newest);
      // After a switch of the fan-out, a rule may not fit.
      if (!isNew || isSameLive(ctx, live, policy) || fanOut.validateFilter(policy).length > 0)
        return await noteLive(tx, ctx, newest, live);
      ctx.log.warn(
        { integration, version: newest.version },
        "the live filter is a new one: it is given the active rule",
      );
      return await noteLive(tx, ctx, newest, await fanOut.setFilter(integration, policy));
    } catch (error) {
      const seen = { checkedAt: ctx.now(), version: newest.version, error: messageOf(error) };
      const where = { integration };
      return tx.ruleLive.upsert({ where, create: { integration, ...seen }, update: seen, omit });
    }
  });
}

export async function noteLive(
  tx: Tx,
  ctx: Pick<Ctx, "messaging" | "now">,
  { integration, version, policy }: Pick<RuleVersionModel, "integration" | "version" | "policy">,
  live: LiveFilter,
): Promise<LiveRule> {
  const before = await tx.ruleLive.findUnique({ where: { integration } });
  const isSame = isSameLive(ctx, live, policyOf({ policy }));
  const checkedAt = ctx.now();
  const driftedSince = isSame ? null : (before?.driftedSince ?? checkedAt);
  const seen = { checkedAt, version, ...live, error: null, driftedSince };
  const where = { integration };
  return tx.ruleLive.upsert({ where, create: { integration, ...seen }, update: seen, omit });
}

function isSameLive({ messaging: { fanOut } }: Pick<Ctx, "messaging">, live: LiveFilter, policy: Policy): boolean {
  const parsed = parsePolicy(live.policyText ?? "{}");
  if (!parsed.ok || !fanOut.isSameFilter(parsed.policy, policy)) return false;
  return fanOut.describeObstacle(live) === null || Object.keys(policy).length === 0;
}

export const reapplyRuleInput = integrationInput;

/** @throws EventforkError `UNAVAILABLE`; `INVALID` when the rule does not fit the fan-out. */
export async function reapplyRule(
  ctx: DriftCtx & Pick<Ctx, "actor">,
  input: z.input<typeof reapplyRuleInput>,
): Promise<LiveRule> {
  const { integration } = parseInput(reapplyRuleInput, input);
  return withApplyLock(ctx, integration, async (tx) => {
    const newest = await readNewest(tx, integration);
    const policy = requireFit(policyOf(newest), ctx);
    const before = await tx.ruleLive.findUnique({ where: { integration } });
    const { fanOut } = ctx.messaging;
    const live = await fanOut.setFilter(integration, policy).catch((cause) => {
      const message = `The ${fanOut.label} did not accept ${integration}'s rule: ${messageOf(cause)}`;
      throw new EventforkError("UNAVAILABLE", message, { cause });
    });
    const where = { integration_version: { integration, version: newest.version } };
    const accepted = { acceptedAt: ctx.now(), applyError: null, applyNextAt: null };
    if (newest.acceptedAt === null) await tx.ruleVersion.update({ where, data: accepted });
    await audit(tx, ctx, {
      action: "rule.reapplied",
      target: `${integration} v${newest.version}`,
      before: { policy: before?.policyText ?? null, scope: before?.scope ?? null },
      after: { policy: JSON.stringify(policy), scope: ruleScope },
    });
    return noteLive(tx, ctx, newest, live);
  });
}

export const adoptLiveInput = integrationInput;

/**
 * @throws EventforkError `CONFLICT` when the live policy is active or has changed since; `INVALID` when it cannot be a
 * rule.
 */
export async function adoptLive(ctx: DriftCtx & Pick<Ctx, "actor">, input: z.input<typeof adoptLiveInput>) {
  const { integration } = parseInput(adoptLiveInput, input);
  return withApplyLock(ctx, integration, async (tx) => {
    const newest = await readNewest(tx, integration);
    const shown = await tx.ruleLive.findUnique({ where: { integration } });
    const live = await ctx.messaging.fanOut.readFilter(integration);
    if (isSameLive(ctx, live, policyOf(newest)))
      throw new EventforkError(
        "CONFLICT",
        `The live policy of ${integration} is version ${newest.version}: there is nothing to adopt.`,
      );
    if (shown?.policyText !== live.policyText || shown.scope !== live.scope) {
      const message = `The live policy of ${integration} has changed once more: check again, look at it, and then adopt it.`;
      throw new EventforkError("CONFLICT", message);
    }
    const policy = requireFit(readAdoptable(ctx, integration, live), ctx);
    const version = newest.version + 1;
    const now = ctx.now();
    const data = {
      integration,
      version,
      policy: policy as Prisma.InputJsonObject,
      author: nameOfActor(ctx.actor),
      note: "Adopted from the live filter.",
      createdAt: now,
      acceptedAt: shown.driftedSince ?? now,
    };
    const row = await tx.ruleVersion.create({ data });
    const change = { before: newest.policy ?? {}, after: data.policy };
    await audit(tx, ctx, { action: "rule.adopted", target: `${integration} v${version}`, ...change });
    await noteLive(tx, ctx, row, live);
    return toItem(row, now);
  });
}

function readAdoptable({ messaging }: Pick<Ctx, "messaging">, integration: IntegrationName, live: LiveFilter): Policy {
  const obstacle = messaging.fanOut.describeObstacle(live);
  if (obstacle === null) return readPolicyText(live.policyText ?? "{}");
  const message = `The live filter of ${integration} ${obstacle}. It cannot be adopted: apply yours again.`;
  throw new EventforkError("INVALID", message);
}
