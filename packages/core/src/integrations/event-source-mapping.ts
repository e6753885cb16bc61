import { type Messaging, readMapping, switchMapping } from "../platform/aws/index.ts";
import { type Ctx, messageOf } from "../platform/index.ts";
import type { IntegrationName } from "../topology/index.ts";

type MappingCtx = Pick<Ctx, "db" | "log"> & { messaging: Pick<Messaging, "mappings"> };

export type MappingResult = "enabled" | "disabled" | "changing" | "was enabled" | "was disabled" | "failed";

/** Polling continues during an outage, because a probe needs messages. `alignMapping` repeats a failed call. */
export async function switchMappingByState(ctx: MappingCtx, integration: IntegrationName): Promise<void> {
  const { mappings = {} } = ctx.messaging;
  if (mappings[integration] === undefined) return;
  try {
    await switchMapping(mappings, integration, await isPollingWanted(ctx, integration));
  } catch (error) {
    ctx.log.warn({ integration, error: messageOf(error) }, "the event source mapping was not changed; reconcile will");
  }
}

export async function alignMapping(ctx: MappingCtx, integration: IntegrationName): Promise<MappingResult | null> {
  const { mappings = {} } = ctx.messaging;
  if (mappings[integration] === undefined) return null;
  try {
    const [state, isWanted] = await Promise.all([
      readMapping(mappings, integration),
      isPollingWanted(ctx, integration),
    ]);
    const wanted = isWanted ? "enabled" : "disabled";
    if (state === wanted || state === "changing" || state === null) return state;
    await switchMapping(mappings, integration, isWanted);
    ctx.log.warn({ integration, state, wanted }, "the event source mapping was brought into line");
    return `was ${state}`;
  } catch (error) {
    ctx.log.error({ integration, error: messageOf(error) }, "the event source mapping cannot be brought into line");
    return "failed";
  }
}

async function isPollingWanted({ db }: MappingCtx, integration: IntegrationName): Promise<boolean> {
  const state = await db.integrationState.findUnique({ where: { integration }, select: { pauseKind: true } });
  return state?.pauseKind !== "manual" && state?.pauseKind !== "credentials";
}
