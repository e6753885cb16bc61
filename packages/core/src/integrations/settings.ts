import { z } from "zod";
import { type Env, isOwnMachine, sourceOf } from "../platform/env/index.ts";
import type { Ctx } from "../platform/index.ts";
import { EventforkError } from "../platform/index.ts";
import type { Integration } from "../providers/index.ts";
import { type IntegrationName, integrations } from "../topology/index.ts";

const setting = z.object({
  name: z.string(),
  isSecret: z.boolean(),
  isSet: z.boolean(),
  value: z.string().nullable(),
  source: z.enum(["environment", "link", "default"]).nullable(),
});

const settingsSchema = z.object({
  settings: z.array(setting),
  host: z.string().nullable(),
  isSandbox: z.boolean(),
  retryScale: z.number(),
  problem: z.string().nullable(),
});

export type IntegrationSetting = z.output<typeof setting>;
export type IntegrationSettings = z.output<typeof settingsSchema> & { reportedAt: Date };

export function describeSettings(
  integration: Integration,
  env: Env,
  { retryScale, problem }: { retryScale: number; problem: string | null },
): Omit<IntegrationSettings, "reportedAt"> {
  const { secrets } = integrations[integration.name];
  const settings = Object.entries(integration.env).map(([name, schema]): IntegrationSetting => {
    const given = env[name] || null;
    const fallback = schema.safeParse(undefined).data;
    const isSecret = secrets.some((secret) => secret === name);
    const value = given ?? (typeof fallback === "string" ? fallback : null);
    return {
      name,
      isSecret,
      isSet: given !== null,
      value: isSecret || value === null ? null : withoutPassword(value),
      source: given === null ? (value === null ? null : "default") : (sourceOf(name) ?? "environment"),
    };
  });
  const address = settings.find(({ name }) => name === integration.baseUrlVariable)?.value ?? null;
  return {
    settings,
    host: address !== null && URL.canParse(address) ? new URL(address).host : null,
    isSandbox: address !== null && isOwnMachine(address),
    retryScale,
    problem,
  };
}

function withoutPassword(value: string): string {
  if (!URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.password === "" && url.username === "" && url.search === "") return value;
  return `${url.protocol}//${url.host}${url.pathname}`;
}

export function tryConnect(integration: Integration, env: Env) {
  try {
    return { connection: integration.connect(env), misconfigured: null };
  } catch (error) {
    if (error instanceof EventforkError && error.code === "MISCONFIGURED")
      return { connection: null, misconfigured: error };
    throw error;
  }
}

export async function keepSettings(
  { db, now }: Pick<Ctx, "db" | "now">,
  integration: IntegrationName,
  settings: Omit<IntegrationSettings, "reportedAt">,
): Promise<void> {
  const row = { reportedAt: now(), settings };
  await db.integrationSettings.upsert({ where: { integration }, create: { integration, ...row }, update: row });
}

export async function readSettings(
  { db }: Pick<Ctx, "db">,
  integration: IntegrationName,
): Promise<IntegrationSettings | null> {
  const row = await db.integrationSettings.findUnique({ where: { integration } });
  if (row === null) return null;
  const parsed = settingsSchema.safeParse(row.settings);
  return parsed.success ? { ...parsed.data, reportedAt: row.reportedAt } : null;
}
