import { Resource } from "sst/resource";
import { z } from "zod";
import {
  type IntegrationName,
  integrationNames,
  isOptional,
  type OptionalName,
  type RequiredName,
  requiredNames,
  topologyOf,
} from "../../topology/index.ts";
import { EventforkError, type Problem } from "../errors.ts";
import { type Env, joinEnv, readLinks } from "./links.ts";

export { type Env, readLinks } from "./links.ts";

/** @throws EventforkError `MISCONFIGURED` when the two name different databases. */
export function processEnv(): Env {
  return joinEnv(linkedEnv(), process.env);
}

export function linkedEnv(): Env {
  return readLinks(Resource);
}

export function stageEnv(): Env {
  const aws = Object.entries(process.env).filter(([name]) => name.startsWith("AWS_"));
  return { ...linkedEnv(), ...Object.fromEntries(aws) };
}

export function sourceOf(name: string): "environment" | "link" | null {
  if (process.env[name]) return "environment";
  return linkedEnv()[name] ? "link" : null;
}

/** False in `sst dev`, where a Lambda's code runs on the developer's machine. */
export function isLambda(env: Env): boolean {
  return Boolean(env.AWS_LAMBDA_FUNCTION_NAME) && env.SST_LIVE !== "true";
}

/** The SDK reads only the environment. */
export function provideAwsSettings(env: Env, { isWhole = false } = {}): void {
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith("AWS_") && (isWhole || process.env[name] === undefined)) process.env[name] = value;
  }
}

/**
 * Empty values count as absent.
 * @throws EventforkError `MISCONFIGURED` with every wrong variable.
 */
export function readEnv<Shape extends z.ZodRawShape>(shape: Shape, env: Env): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.keys(shape).map((name) => [name, env[name] === "" ? undefined : env[name]]));
  const parsed = z.object(shape).safeParse(given);
  const stray = findFakeServices(given, env);
  if (parsed.success && stray.length === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  const wrong = issues.map((issue) => ({
    path: issue.path.join("."),
    message: given[String(issue.path[0])] === undefined ? `is not set: ${issue.message}` : issue.message,
  }));
  const problems = [...wrong, ...stray];
  const list = problems.map(({ path, message }) => `  ${path} ${message}`).join("\n");
  throw new EventforkError("MISCONFIGURED", `The environment is not right:\n${list}\nSee .env.example.`, { problems });
}

const thirdPartyUrls = integrationNames
  .flatMap((name) => [...topologyOf(name).settings, ...topologyOf(name).secrets])
  .filter((variable) => /_(URL|HOST)$/.test(variable));
export function isOwnMachine(url: string): boolean {
  return ownMachine.test(url);
}

const ownMachine = /^https?:\/\/(localhost|127\.|\[::1\]|0\.0\.0\.0)/i;

function findFakeServices(given: Env, env: Env): Problem[] {
  if (!isLambda(env)) return [];
  return thirdPartyUrls
    .filter((name) => isOwnMachine(given[name] ?? ""))
    .map((path) => ({ path, message: "names this machine: a deployed stage talks to the real third party" }));
}

const httpUrl = (example: string) =>
  z.url({ protocol: /^https?$/, error: `should be an http(s) address such as ${example}` });

export const queryTimeoutEnv = {
  EVENTFORK_QUERY_TIMEOUT_MS: z.coerce
    .number({ error: "should be a number of milliseconds, such as 4000" })
    .int("should be a whole number of milliseconds")
    .positive("should be above 0")
    .optional(),
};

export const databaseEnv = {
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: "should be a Postgres address such as postgresql://user:password@host:5432/database",
  }),
};

const lambdaEnv = {
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
};

export const metricsEnv = {
  ...lambdaEnv,
  /** `emf` is CloudWatch's embedded metric format: the default on Lambda. */
  EVENTFORK_METRICS: z.enum(["emf", "off"], { error: "should be emf or off" }).optional(),
  EVENTFORK_STAGE: z.string().optional(),
};

export const logEnv = {
  LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], { error: "should be debug, info, warn, error or silent" })
    .default("info"),
};

export const tracingEnv = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl("http://localhost:4318").optional(),
  /** A secret in a deployed stage. */
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  /** The sampled share of new traces. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: "should be a number from 0 to 1" })
    .min(0, "should be from 0 to 1")
    .max(1, "should be from 0 to 1")
    .default(1),
};

const deadLetterShape = z.object({ deadLetterUrl: z.url() });
const queueShape = deadLetterShape.extend({ url: httpUrl("http://127.0.0.1:4566/000000000000/queue") });

export type QueueUrls = Readonly<z.output<typeof queueShape>>;

export type Queues = Readonly<Record<RequiredName, QueueUrls> & Partial<Record<OptionalName, QueueUrls>>>;

/** UUIDs of Lambda's event source mappings. */
export type Mappings = Readonly<Partial<Record<IntegrationName, string>>>;

const mappingsHelp = `should be JSON with the UUID of an event source mapping for any of ${integrationNames.join(", ")}`;

function readQueues<Found extends object>(names: readonly IntegrationName[], shape: z.ZodType, help: string) {
  return z.string({ error: help }).transform((text, ctx): Readonly<Found> => {
    const isOne = names.length === 1;
    const entries = names.map((name) => [name, !isOne && isOptional(name) ? shape.optional() : shape]);
    const parsed = z.object(Object.fromEntries(entries)).safeParse(parseJson(text));
    if (parsed.success) return parsed.data as Found;
    ctx.addIssue({ code: "custom", message: help });
    return z.NEVER;
  });
}

const eachIntegration = `for each of ${requiredNames.join(", ")}`;

export const queuesEnv = {
  EVENTFORK_QUEUES: readQueues<Queues>(
    integrationNames,
    queueShape,
    `should be JSON with a url and a deadLetterUrl ${eachIntegration}`,
  ),
  EVENTFORK_MAPPINGS: z
    .string({ error: mappingsHelp })
    .default("{}")
    .transform((text, ctx): Mappings => {
      const shape = Object.fromEntries(integrationNames.map((name) => [name, z.guid().optional()]));
      const parsed = z.strictObject(shape).safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      ctx.addIssue({ code: "custom", message: mappingsHelp });
      return z.NEVER;
    }),
};

export const messagingEnv = {
  EVENTFORK_TOPIC_ARN: z
    .string({ error: "should be the ARN of the SNS topic or of the EventBridge bus" })
    .startsWith("arn:", "should be an ARN"),
  ...queuesEnv,
};

export function ownQueueEnv<Name extends IntegrationName>(name: Name) {
  return {
    EVENTFORK_QUEUES: readQueues<Record<Name, QueueUrls>>(
      [name],
      queueShape,
      `should be JSON with a url and a deadLetterUrl for ${name}`,
    ),
  };
}

export const deadLetterQueuesEnv = {
  EVENTFORK_QUEUES: readQueues<Partial<Record<IntegrationName, z.output<typeof deadLetterShape>>>>(
    integrationNames,
    deadLetterShape,
    `should be JSON with a deadLetterUrl ${eachIntegration}`,
  ),
};

export const retryEnv = {
  /** Multiplies every wait between attempts. */
  EVENTFORK_RETRY_SCALE: z.coerce
    .number({ error: "should be a number above 0, such as 1" })
    .positive("should be above 0")
    .default(1),
};

export const alertEnv = {
  /** Accepts a JSON object with `text`, as incoming webhooks of Slack and Mattermost do. */
  EVENTFORK_ALERT_WEBHOOK_URL: httpUrl("https://hooks.slack.com/services/…").optional(),
  EVENTFORK_ALERT_TOPIC_ARN: z.string().startsWith("arn:", "should be an ARN").optional(),
  EVENTFORK_BASE_URL: httpUrl("https://app.example.com").optional(),
  BETTER_AUTH_URL: httpUrl("http://localhost:3000").optional(),
};

/** The web app overwrites it with the socket's address in every request. */
export const socketAddressHeader = "x-eventfork-socket-address";

const cookieSecret = z.string({ error: "should be a random text of 32 characters or more" }).min(32, {
  error: "should have 32 characters or more: openssl rand -base64 32",
});

export const authEnv = {
  BETTER_AUTH_SECRET: cookieSecret,
  BETTER_AUTH_SECRET_PREVIOUS: cookieSecret.optional(),
  BETTER_AUTH_URL: httpUrl("http://localhost:3000"),
};

const days = (least: number, reason: string) =>
  z.coerce
    .number({ error: "should be a number of days, or 0 to keep everything" })
    .int("should be a whole number of days")
    .refine((value) => value === 0 || value >= least, `should be ${least} or more, or 0 to keep everything: ${reason}`);

export const maintenanceEnv = {
  /** Blocks sign-ups, log-ins and the ingestion API. */
  EVENTFORK_MAINTENANCE: z.enum(["on", "off"], { error: "should be on or off" }).default("off"),
};

export const retentionEnv = {
  EVENTFORK_RETENTION_DAYS: days(
    15,
    "a queue holds a message for 14 days, and what is forgotten sooner could be delivered twice",
  ).default(90),
  EVENTFORK_AUDIT_RETENTION_DAYS: days(1, "a day at least").default(365),
};

export const mailEnv = {
  /** An identity that Amazon SES has verified. Unset, no mail is sent. */
  EVENTFORK_MAIL_FROM: z.email("should be an e-mail address such as hello@example.com").optional(),
  EVENTFORK_EMAIL_VERIFICATION: z.enum(["required", "off"], { error: "should be required or off" }).optional(),
  EVENTFORK_SIGN_UP_EVENT: z
    .enum(["on_confirmation", "on_sign_up"], { error: "should be on_confirmation or on_sign_up" })
    .default("on_confirmation"),
};

export const analyticsEnv = {
  ANALYTICS_WRITE_KEY: z.string({ error: "should be the source's write key" }),
  ANALYTICS_HOST: httpUrl("https://api.segment.io").default("https://api.segment.io"),
};

export const mailchimpEnv = {
  MAILCHIMP_API_KEY: z
    .string({ error: "should be an API key such as 0123abcd-us19" })
    .regex(/-[a-z]+\d+$/, "should end in its data centre, as in 0123abcd-us19"),
  MAILCHIMP_LIST_ID: z.string({ error: "should be the audience's id" }),
  MAILCHIMP_API_URL: httpUrl("https://us19.api.mailchimp.com/3.0").optional(),
  /** `pending` sends Mailchimp's confirmation (double opt-in). */
  MAILCHIMP_CONSENTED_STATUS: z
    .enum(["pending", "subscribed"], { error: "should be pending or subscribed" })
    .default("pending"),
};

export const slackEnv = {
  SLACK_BOT_TOKEN: z.string({ error: "should be a bot token" }).startsWith("xoxb-", "should begin with xoxb-"),
  SLACK_CHANNEL: z.string({ error: "should be a channel's id, such as C0123456789" }),
  SLACK_API_URL: httpUrl("https://slack.com/api/").default("https://slack.com/api/"),
  SLACK_WHEN_UNCERTAIN: z.enum(["post", "skip"], { error: "should be post or skip" }).default("post"),
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
