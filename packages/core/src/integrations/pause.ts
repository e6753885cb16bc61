import type { z } from "zod";
import { audit } from "../audit/index.ts";
import type { Messaging } from "../platform/aws/index.ts";
import { type Ctx, inputText, nameOfActor, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import type { IntegrationName } from "../topology/index.ts";
import { switchMappingByState } from "./event-source-mapping.ts";

export const pauseIntegrationInput = integrationInput.extend({ reason: inputText.trim().min(1).max(500) });
export const resumeIntegrationInput = integrationInput;

type PauseCtx = Pick<Ctx, "db" | "actor" | "now" | "log"> & { messaging: Pick<Messaging, "mappings"> };

export async function pauseIntegration(ctx: PauseCtx, input: z.input<typeof pauseIntegrationInput>): Promise<void> {
  const { integration, reason } = parseInput(pauseIntegrationInput, input);
  const isNew = await pause(ctx, { integration, reason, kind: "manual", probeAt: null });
  if (isNew) ctx.log.warn({ integration, actor: nameOfActor(ctx.actor) }, "paused by hand");
}

export type Pause = {
  integration: IntegrationName;
  reason: string;
  kind: "manual" | "credentials" | "outage";
  probeAt: Date | null;
};

/** Keeps the first reason; only an outage yields to other kinds. */
export async function pause(ctx: PauseCtx, { integration, reason, kind, probeAt }: Pause): Promise<boolean> {
  const now = ctx.now();
  const isChanged = await ctx.db.$transaction(async (tx) => {
    const changed = await tx.$executeRaw`
      INSERT INTO integration_state AS s (integration, paused_at, paused_by, paused_reason, pause_kind, probe_at, updated_at)
      VALUES (${integration}, ${now}, ${nameOfActor(ctx.actor)}, ${reason}, ${kind}, ${probeAt}, ${now})
      ON CONFLICT (integration) DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by,
        paused_reason = excluded.paused_reason, pause_kind = excluded.pause_kind, probe_at = excluded.probe_at, probes = 0,
        updated_at = excluded.updated_at
      WHERE s.paused_at IS NULL OR (s.pause_kind = 'outage' AND excluded.pause_kind <> 'outage')`;
    if (changed > 0)
      await audit(tx, ctx, { action: "integration.paused", target: integration, after: { reason, kind } });
    return changed > 0;
  });
  if (kind !== "outage") await switchMappingByState(ctx, integration);
  return isChanged;
}

export async function resumeIntegration(ctx: PauseCtx, input: z.input<typeof resumeIntegrationInput>): Promise<void> {
  const { integration } = parseInput(resumeIntegrationInput, input);
  const now = ctx.now();
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.integrationState.updateMany({
      where: { integration, pausedAt: { not: null } },
      data: {
        pausedAt: null,
        pausedBy: null,
        pausedReason: null,
        pauseKind: null,
        probeAt: null,
        probes: 0,
        windowFrom: null,
        windowSuccess: 0,
        windowFailure: 0,
        updatedAt: now,
      },
    });
    if (count > 0) await audit(tx, ctx, { action: "integration.resumed", target: integration });
  });
  await switchMappingByState(ctx, integration);
}

export async function scheduleNextProbe(
  ctx: Pick<Ctx, "db">,
  { integration, probeAt }: { integration: IntegrationName; probeAt: Date },
): Promise<void> {
  await ctx.db.integrationState.updateMany({
    where: { integration, pauseKind: "outage" },
    data: { probeAt, probes: { increment: 1 } },
  });
}
