export type IntegrationTopology = {
  title: string;
  description: string;
  /** Without its secrets it is off; a required one cannot be deployed. */
  isOptional?: boolean;
  /** How an admin can remove people. */
  hasContacts?: { archive: string; permanent: string };
  /** The call of an attempt, relative to the provider's base URL. */
  request: string;
  /** The initial filter policy (scope `MessageBody`); operators own every later version. */
  rule: Readonly<Record<string, unknown>>;
  /** AWS: a size above 10 needs a window of 1 s or more. `intervalSeconds`: at least, from one small batch to the next. */
  batch: { size: number; windowSeconds: number; intervalSeconds?: number };
  /** AWS allows 2 to 1,000. */
  maximumConcurrency: number;
  /** The visibility timeout is `visibilityFactor` times this. */
  timeoutSeconds: number;
  /** Full jitter: attempt n+1 waits a random time up to `min(capSeconds, baseSeconds * 2^(n-1))`. */
  retry: { attempts: number; baseSeconds: number; capSeconds: number };
  /**
   * Segment advises 1,000 calls/s, Mailchimp allows ten at once, Loops ten calls a second, Slack about one post a
   * second a channel.
   */
  replayPerSecond: number;
  /** Environment variables; `sst.Secret`s in a deployed stage. */
  secrets: readonly [string, ...string[]];
  settings: readonly string[];
};

/** See docs/concepts/fan-out.md. Without AWS there is always a topic, but its rules must fit this choice. */
export const fanOut: "sns" | "eventbridge" = "sns";

export const subscriptionLabel = { sns: "SNS subscription", eventbridge: "EventBridge rule" }[fanOut];

export const topicName = "events";

export const archive = { batch: { size: 100, windowSeconds: 1 }, maximumConcurrency: 2, timeoutSeconds: 20 };

/** AWS advises six. Source: Lambda developer guide, "Configuring an SQS queue". */
export const visibilityFactor = 6;

/** SQS's maximum. */
export const messageRetentionSeconds = 14 * 24 * 60 * 60;

export const ownSources = ["web", "cli", "test"] as const;

export const eventSource: (typeof ownSources)[number] = "web";

const signUps = { type: ["user.signed_up"] };

export const integrations = {
  analytics: {
    title: "Analytics",
    description: "Counts sign-ups and log-ins through the Segment protocol.",
    request: "POST /v1/batch",
    rule: { type: ["user.signed_up", "user.logged_in"] },
    batch: { size: 200, windowSeconds: 1 },
    maximumConcurrency: 2,
    timeoutSeconds: 10,
    retry: { attempts: 12, baseSeconds: 4, capSeconds: 3600 },
    replayPerSecond: 500,
    secrets: ["ANALYTICS_WRITE_KEY"],
    settings: ["ANALYTICS_HOST"],
  },
  mailchimp: {
    title: "Mailchimp",
    description: "Keeps the audience's list of members.",
    hasContacts: {
      archive: "Off the audience; a later sign-up may bring them back.",
      permanent:
        "All that Mailchimp holds is deleted. Nothing can import this address again; only the person can come back.",
    },
    request: "POST /lists/{list_id}",
    rule: signUps,
    batch: { size: 200, windowSeconds: 1 },
    maximumConcurrency: 2,
    timeoutSeconds: 20,
    retry: { attempts: 12, baseSeconds: 4, capSeconds: 3600 },
    replayPerSecond: 50,
    secrets: ["MAILCHIMP_API_KEY", "MAILCHIMP_LIST_ID"],
    settings: ["MAILCHIMP_API_URL", "MAILCHIMP_CONSENTED_STATUS"],
  },
  slack: {
    title: "Slack",
    description: "Tells a channel who has signed up.",
    request: "POST /chat.postMessage",
    rule: signUps,
    batch: { size: 90, windowSeconds: 1, intervalSeconds: 1 },
    maximumConcurrency: 2,
    timeoutSeconds: 10,
    retry: { attempts: 12, baseSeconds: 4, capSeconds: 3600 },
    replayPerSecond: 20,
    secrets: ["SLACK_BOT_TOKEN", "SLACK_CHANNEL"],
    settings: ["SLACK_API_URL", "SLACK_WHEN_UNCERTAIN"],
  },
  webhook: {
    title: "Webhook",
    description: "Posts each event to an address of your own, signed as Standard Webhooks say.",
    isOptional: true,
    request: "POST {WEBHOOK_URL}",
    rule: signUps,
    batch: { size: 20, windowSeconds: 1 },
    maximumConcurrency: 2,
    timeoutSeconds: 20,
    retry: { attempts: 12, baseSeconds: 4, capSeconds: 3600 },
    replayPerSecond: 20,
    secrets: ["WEBHOOK_URL", "WEBHOOK_SECRET"],
    settings: ["WEBHOOK_NETWORK"],
  },
  loops: {
    title: "Loops",
    description: "Keeps the people who agreed to mail as contacts of Loops.",
    isOptional: true,
    request: "PUT /v1/contacts/update",
    rule: { type: ["user.signed_up"], data: { marketingConsent: [true] } },
    batch: { size: 20, windowSeconds: 1 },
    maximumConcurrency: 2,
    timeoutSeconds: 20,
    retry: { attempts: 12, baseSeconds: 4, capSeconds: 3600 },
    replayPerSecond: 8,
    secrets: ["LOOPS_API_KEY"],
    settings: ["LOOPS_API_URL", "LOOPS_MAILING_LIST_ID"],
  },
} as const satisfies Record<string, IntegrationTopology>;

export type IntegrationName = keyof typeof integrations;

export const integrationNames = Object.keys(integrations) as readonly IntegrationName[];

export type OptionalName = {
  [Name in IntegrationName]: (typeof integrations)[Name] extends { isOptional: true } ? Name : never;
}[IntegrationName];

export type RequiredName = Exclude<IntegrationName, OptionalName>;

export function isOptional(name: IntegrationName): name is OptionalName {
  return topologyOf(name).isOptional === true;
}

export const requiredNames = integrationNames.filter((name): name is RequiredName => !isOptional(name));

export const contactIntegrations = integrationNames.filter((name) => topologyOf(name).hasContacts !== undefined);

export function topologyOf(name: IntegrationName): IntegrationTopology {
  return integrations[name];
}

export function enabledIntegrations(isSet: (variable: string) => boolean): IntegrationName[] {
  return integrationNames.filter((name) => !isOptional(name) || topologyOf(name).secrets.every(isSet));
}

export function listHalfSet(isSet: (variable: string) => boolean): { name: IntegrationName; missing: string[] }[] {
  return integrationNames.filter(isOptional).flatMap((name) => {
    const { secrets } = topologyOf(name);
    const missing = secrets.filter((variable) => !isSet(variable));
    return missing.length === 0 || missing.length === secrets.length ? [] : [{ name, missing }];
  });
}

export function isIntegrationName(name: string): name is IntegrationName {
  return Object.hasOwn(integrations, name);
}

export function queueNames(prefix: string, integration: IntegrationName) {
  return { queue: `${prefix}-${integration}`, deadLetterQueue: `${prefix}-${integration}-dead` };
}

/** An event should have reached every queue after this time. */
export const graceSeconds = 10 * 60;

/** A job that is further behind does not keep up. */
export const lagLimitSeconds = 5 * 60;
