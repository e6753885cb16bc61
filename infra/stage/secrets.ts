import * as Topology from "../../packages/core/src/topology/index.ts";
import { sandboxEnv } from "../../packages/local/src/sandbox/variables.ts";
import { readStage, refuse } from "./stage.ts";

export const sandboxUrl = "http://127.0.0.1:4600";

type Env = Readonly<Record<string, string | undefined>>;

/** `SLACK_BOT_TOKEN` is `SlackBotToken`. */
export function secretName(variable: string): string {
  return variable.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, deadLetter: string) => deadLetter.toUpperCase());
}

const isDev = $dev;
const { name: stage, database, isPermanent } = readStage($app.stage, process.env);
const sandbox: Env = isDev ? sandboxEnv(sandboxUrl) : {};
const isSet = (variable: string) => Boolean(process.env[`SST_SECRET_${secretName(variable)}`]);

export const stageIntegrations = Topology.enabledIntegrations(isSet);

const required = [
  "BETTER_AUTH_SECRET",
  ...(database === "own" && !isDev ? ["DATABASE_URL"] : []),
  ...Topology.requiredNames.flatMap((name) => [...Topology.integrations[name].secrets]),
];

const halfSet = Topology.listHalfSet(isSet).map(
  ({ name, missing }) =>
    `${Topology.topologyOf(name).title} is half set up. Set ${missing.map(secretName).join(" and ")} as well (npx sst secret set <name> <value> --stage ${stage}), or remove what is set`,
);

// SST would notice a missing secret halfway through a deployment.
refuse(
  isDev
    ? isPermanent
      ? [
          `The stage "${stage}" holds real people's data: "sst dev" would put this machine in its place. Take a stage of your own`,
        ]
      : halfSet
    : required
        .filter((variable) => !isSet(variable))
        .map(
          (variable) =>
            `The secret ${secretName(variable)} is not set: npx sst secret set ${secretName(variable)} <value> --stage ${stage}`,
        )
        .concat(halfSet, findBadDatabaseUrl(), findLocalCollector()),
);

function findBadDatabaseUrl(): string[] {
  const url = process.env.SST_SECRET_DatabaseUrl;
  if (database !== "own" || !url || /^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? "")) return [];
  return [
    `The secret DatabaseUrl is no Postgres address: npx sst secret set DatabaseUrl postgresql://user:password@host:5432/database --stage ${stage}`,
  ];
}

/** `.env` applies to every stage, but a local collector serves none. */
function findLocalCollector(): string[] {
  const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "";
  if (!/^https?:\/\/(localhost|127\.|\[::1\])/i.test(endpoint)) return [];
  return [
    `OTEL_EXPORTER_OTLP_ENDPOINT is "${endpoint}", this machine's: set another in .env.${stage}, or an empty one`,
  ];
}

function createSecret(variable: string): sst.Secret {
  const devDefault = sandbox[variable] ?? "only-for-this-machine-while-developing";
  return new sst.Secret(secretName(variable), isDev ? devDefault : undefined);
}

const previousAuthSecret = "BETTER_AUTH_SECRET_PREVIOUS";

/** Two during a rotation. */
export const authSecrets = ["BETTER_AUTH_SECRET", ...(isSet(previousAuthSecret) ? [previousAuthSecret] : [])].map(
  createSecret,
);

const alertWebhook = "EVENTFORK_ALERT_WEBHOOK_URL";

export const alertSecrets = isSet(alertWebhook) ? [createSecret(alertWebhook)] : [];

const tracingHeaders = "OTEL_EXPORTER_OTLP_HEADERS";

export const tracingSecrets = isSet(tracingHeaders) ? [createSecret(tracingHeaders)] : [];

export const tracingSettings = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER_ARG", "OTEL_RESOURCE_ATTRIBUTES"];

/** Undefined when the stage creates its database. */
export const ownDatabaseUrl = database === "own" && !isDev ? createSecret("DATABASE_URL") : undefined;

/** Linked to the integration's consumer alone. */
export const integrationSecrets = Object.fromEntries(
  stageIntegrations.map((name) => [name, Topology.topologyOf(name).secrets.map(createSecret)]),
) as Record<Topology.IntegrationName, sst.Secret[]>;

export function settingsOfIntegration(name: Topology.IntegrationName): Record<string, string> {
  const { secrets, settings } = Topology.topologyOf(name);
  const isSandbox = isDev && !secrets.some(isSet);
  const source: Env = isSandbox ? sandbox : process.env;
  const entries = settings.map((variable): [string, string] => [variable, source[variable] ?? ""]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}
