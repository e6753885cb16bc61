import { z } from "zod";
import { audit } from "../audit/index.ts";
import { findDeadLetter } from "../dead-letters/index.ts";
import { envelopeSchema, parseEventData } from "../events/index.ts";
import { isUniqueViolation, storableText } from "../platform/db/index.ts";
import {
  type Ctx,
  EventforkError,
  inputText,
  isNestedTooDeep,
  maximumLevels,
  nameOfActor,
  type Problem,
  parseInput,
  requireAdmin,
} from "../platform/index.ts";
import { startReplay } from "./start.ts";
import type { Replay } from "./view.ts";

/** SQS accepts 1 MiB with attributes. Source: SendMessage's reference page. */
const maximumLength = 1_000_000;

export const editDeadLetterInput = z.object({
  id: inputText.max(100),
  body: inputText.min(1).max(maximumLength),
});

export type EditCheck = {
  problems: readonly Problem[];
  changes: PayloadChange[];
};

export type PayloadChange = { path: string; before: unknown; after: unknown };

/**
 * For admins: shows personal data.
 * @throws EventforkError `NOT_FOUND`, `FORBIDDEN`.
 */
export async function checkEdit(
  ctx: Pick<Ctx, "db" | "actor">,
  input: z.input<typeof editDeadLetterInput>,
): Promise<EditCheck> {
  const { id, body } = parseInput(editDeadLetterInput, input);
  requireAdmin(ctx, "edit a dead letter");
  const deadLetter = await findDeadLetter(ctx, id);
  const { problems, changes } = readEdit(deadLetter, body);
  return { problems, changes };
}

/**
 * Keeps the original and the event id.
 * @throws EventforkError `INVALID` with each path, `NOT_FOUND`, `FORBIDDEN`, `CONFLICT` when it is not open.
 */
export async function editAndReplay(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof editDeadLetterInput>,
): Promise<Replay> {
  const { id, body } = parseInput(editDeadLetterInput, input);
  requireAdmin(ctx, "edit a dead letter");
  const deadLetter = await findDeadLetter(ctx, id);
  const { problems, changes, event } = readEdit(deadLetter, body);
  if (event === null) {
    const list = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
    throw new EventforkError("INVALID", `The payload is refused: ${list}.`, { problems });
  }
  const now = ctx.now();
  await ctx.db
    .$transaction(async (tx) => {
      const { count } = await tx.deadLetter.updateMany({
        where: { id, status: "open" },
        data: {
          editedBody: storableText(JSON.stringify(event)),
          editedBy: nameOfActor(ctx.actor),
          editedAt: now,
          eventId: event.id,
          eventType: event.type,
          subject: event.subject ?? null,
        },
      });
      if (count === 0)
        throw new EventforkError("CONFLICT", `The dead letter ${id} is not open (${deadLetter.status}).`);
      const after = JSON.parse(JSON.stringify({ changes }));
      await audit(tx, ctx, { action: "dead_letter.edited", target: id, after });
    })
    .catch((error) => {
      if (!isUniqueViolation(error)) throw error;
      throw new EventforkError("CONFLICT", `The event ${event.id} has another open dead letter at this integration.`);
    });
  return startReplay(ctx, { selection: { source: "dead_letters", ids: [id] } });
}

type EditedDeadLetter = { body: string; eventId: string | null };

function readEdit({ body: original, eventId }: EditedDeadLetter, body: string) {
  const json = parseJson(body);
  const none = { changes: [], event: null };
  if (json === undefined) return { ...none, problems: [{ path: "", message: "is not JSON" }] };
  if (isNestedTooDeep(json, 0)) {
    return { ...none, problems: [{ path: "", message: `is nested deeper than ${maximumLevels} levels` }] };
  }
  const before = parseJson(original);
  const changes = listChanges(isNestedTooDeep(before, 0) ? undefined : before, json);
  const parsed = envelopeSchema.loose().safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    return { changes, event: null, problems };
  }
  const event = parsed.data;
  if (eventId !== null && event.id !== eventId) {
    const message = `should stay ${eventId}: under another id it would be another event`;
    return { changes, event: null, problems: [{ path: "id", message }] };
  }
  try {
    parseEventData(event.type, event.data);
    return { changes, event, problems: [] };
  } catch (error) {
    if (!(error instanceof EventforkError)) throw error;
    return { changes, event: null, problems: error.problems };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listChanges(before: unknown, after: unknown, path = ""): PayloadChange[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => listChanges(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
