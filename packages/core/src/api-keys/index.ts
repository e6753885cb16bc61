import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { audit } from "../audit/index.ts";
import { eventTypes } from "../events/index.ts";
import { type Ctx, EventforkError, inputText, nameOfActor, newId, parseInput } from "../platform/index.ts";
import { ownSources } from "../topology/index.ts";

const isOwnSource = (source: string) => ownSources.some((own) => own === source);

type KeysCtx = Pick<Ctx, "db" | "actor" | "now" | "from">;

const keyPrefix = "efk_";
const secretBytes = 32;
const tailLength = 4;

/** Secret scanners recognize the prefix. */
function makeSecret(): { secret: string; hash: string; tail: string } {
  const secret = `${keyPrefix}${randomBytes(secretBytes).toString("base64url")}`;
  return { secret, hash: hashSecret(secret), tail: secret.slice(-tailLength) };
}

/** 256 random bits cannot be guessed, so they need neither a salt nor a slow hash. */
function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** `programId` survives rotation. */
export type Authenticated = {
  id: string;
  programId: string;
  name: string;
  types: string[];
  source: string;
  isStrict: boolean;
};

const usedAtMostEveryMs = 60_000;
const longestSecret = 100;

export async function authenticate(ctx: Pick<Ctx, "db" | "now">, secret: string): Promise<Authenticated | null> {
  if (!secret.startsWith(keyPrefix) || secret.length > longestSecret) return null;
  // By hash, so that timing reveals nothing about a key.
  const row = await ctx.db.apiKey.findUnique({ where: { hash: hashSecret(secret) } });
  const now = ctx.now();
  if (row === null || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= usedAtMostEveryMs) {
    await ctx.db.apiKey.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
  }
  const { id, programId, name, types, source, isStrict } = row;
  return { id, programId: programId ?? id, name, types, source, isStrict };
}

export const createApiKeyInput = z.object({
  name: inputText.trim().min(1, "should say who sends with it").max(100),
  types: z
    .array(z.enum(eventTypes as [string, ...string[]], { error: `should be among ${eventTypes.join(", ")}` }))
    .min(1, "should name an event type at least")
    .transform((types) => [...new Set(types)]),
  source: inputText
    .trim()
    .regex(/^[a-z][a-z0-9._-]{0,49}$/, "should be small letters, digits, dots and dashes, such as shop")
    .refine((source) => !isOwnSource(source), "is Eventfork's own source: name the program, such as shop"),
  isStrict: z.boolean().default(false),
});

export type NewApiKey = { id: string; secret: string };

export async function createApiKey(ctx: KeysCtx, input: z.input<typeof createApiKeyInput>): Promise<NewApiKey> {
  const { name, types, source, isStrict } = parseInput(createApiKeyInput, input);
  const { secret, hash, tail } = makeSecret();
  const id = newId("apiKey");
  await ctx.db.$transaction(async (tx) => {
    const createdBy = nameOfActor(ctx.actor);
    const createdAt = ctx.now();
    await tx.apiKey.create({ data: { id, name, hash, tail, types, source, isStrict, createdAt, createdBy } });
    await audit(tx, ctx, { action: "api_key.created", target: id, after: { name, types, source, isStrict } });
  });
  return { id, secret };
}

const longestGraceHours = 7 * 24;

export const rotateApiKeyInput = z.object({
  id: inputText.min(1).max(100),
  graceHours: z.int32().min(0).max(longestGraceHours).default(24),
});

/** @throws EventforkError `NOT_FOUND`; `CONFLICT` when it has ended or was replaced already. */
export async function rotateApiKey(ctx: KeysCtx, input: z.input<typeof rotateApiKeyInput>): Promise<NewApiKey> {
  const { id: oldId, graceHours } = parseInput(rotateApiKeyInput, input);
  const { secret, hash, tail } = makeSecret();
  const id = newId("apiKey");
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + graceHours * 3_600_000);
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { id: oldId, expiresAt: null, replacedBy: null },
      data: { expiresAt, replacedBy: id },
    });
    const old = await tx.apiKey.findUnique({ where: { id: oldId } });
    if (old === null) throw new EventforkError("NOT_FOUND", `There is no key ${oldId}.`);
    if (count === 0)
      throw new EventforkError("CONFLICT", "This key has ended, or another has taken its place already.");
    const { name, types, source, isStrict } = old;
    const programId = old.programId ?? old.id;
    const createdBy = nameOfActor(ctx.actor);
    await tx.apiKey.create({
      data: { id, name, hash, tail, types, source, isStrict, programId, createdAt: now, createdBy },
    });
    await audit(tx, ctx, { action: "api_key.rotated", target: oldId, after: { replacedBy: id, graceHours } });
  });
  return { id, secret };
}

export const revokeApiKeyInput = z.object({ id: inputText.min(1).max(100) });

/** @throws EventforkError `NOT_FOUND`; `CONFLICT` when it has ended already. */
export async function revokeApiKey(ctx: KeysCtx, input: z.input<typeof revokeApiKeyInput>): Promise<void> {
  const { id } = parseInput(revokeApiKeyInput, input);
  const now = ctx.now();
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { id, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      data: { expiresAt: now },
    });
    if (count === 0) {
      const known = await tx.apiKey.findUnique({ where: { id }, select: { id: true } });
      if (known === null) throw new EventforkError("NOT_FOUND", `There is no key ${id}.`);
      throw new EventforkError("CONFLICT", "This key has ended already.");
    }
    await audit(tx, ctx, { action: "api_key.revoked", target: id });
  });
}

/** A `retiring` key works until its grace period ends. */
export type ApiKeyState = "active" | "retiring" | "ended";

export type ApiKeyItem = {
  id: string;
  name: string;
  tail: string;
  types: string[];
  source: string;
  isStrict: boolean;
  createdAt: Date;
  createdBy: string;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  replacedBy: string | null;
  state: ApiKeyState;
};

const shownKeys = 200;

export async function listApiKeys(ctx: Pick<Ctx, "db" | "now">): Promise<ApiKeyItem[]> {
  const rows = await ctx.db.apiKey.findMany({
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: shownKeys,
    omit: { hash: true, programId: true },
  });
  return rows.map((row) => ({ ...row, state: stateOf(row.expiresAt, ctx.now()) }));
}

function stateOf(expiresAt: Date | null, now: Date): ApiKeyState {
  if (expiresAt === null) return "active";
  return expiresAt > now ? "retiring" : "ended";
}
