/** How an integration's messages are batched, bounded and retried. Read by `infra/`, by the local stack and by the engine. */
export type IntegrationTopology = {
  title: string;
  description: string;
  /**
   * An optional integration is off where its secrets are not set, and nothing is made for it: no queue, no subscription, no consumer.
   * A required one must have them, or nothing is deployed.
   */
  isOptional?: boolean;
  /** It keeps people, whom an admin can take off in two ways: what each does, in its own words. The web app has its keys for that. */
  keepsPeople?: { archive: string; permanent: string };
  /** The call that a try makes, below the third party's base address. */
  request: string;
  /** The filter policy its subscription starts with (scope `MessageBody`); operators own every later version. */
  rule: Readonly<Record<string, unknown>>;
  /** Messages handed to one invocation, and how long Lambda may wait to gather them. AWS: above 10 needs a window of 1 s or more. */
  batch: { size: number; windowSeconds: number };
  /** Invocations at the same time, at most. AWS allows 2 to 1,000. */
  maximumConcurrency: number;
  /** A consumer's own time-out. The queue's visibility timeout is `visibilityFactor` times this. */
  timeoutSeconds: number;
  /** Full jitter: the wait before try n+1 is a random time up to `min(capSeconds, baseSeconds * 2^(n-1))`. */
  retry: { attempts: number; baseSeconds: number; capSeconds: number };
  /**
   * How many messages a second a replay sends unless it is told otherwise, so that live events still find room: Segment advises
   * 1,000 calls/s, Mailchimp allows ten at once, Loops ten calls a second, Slack takes about one post a second for a channel, and a post tells of many events.
   */
  replayPerSecond: number;
  /** Environment variables that hold its keys and where it delivers to: `sst.Secret`s of a deployed stage. */
  secrets: readonly [string, ...string[]];
  /** Its other variables, each with a default. */
  settings: readonly string[];
};

/**
 * What copies an event to the queues that want it: an SNS topic, or an EventBridge bus. docs/fan-out.md compares the two, and says how to switch.
 * A machine without AWS has a topic in any case; its rules must fit what is chosen here.
 */
export const fanOut: "sns" | "eventbridge" = "sns";

export const topicName = "events";

/** AWS advises a visibility timeout of six times the function's time-out. Source: Lambda developer guide, "Configuring an SQS queue". */
export const visibilityFactor = 6;

/** SQS keeps a message for 14 days at most; both kinds of queue use all of it. */
export const messageRetentionSeconds = 14 * 24 * 60 * 60;

export const eventSource = "web";

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
    keepsPeople: {
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
    batch: { size: 90, windowSeconds: 1 },
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

/** The integrations that a person can be taken off. */
export const peopleKeepers = integrationNames.filter((name) => topologyOf(name).keepsPeople !== undefined);

export function topologyOf(name: IntegrationName): IntegrationTopology {
  return integrations[name];
}

/** The integrations that are on, given which variables are set: all that are required, and the optional ones whose secrets are all there. */
export function listSwitchedOn(isSet: (variable: string) => boolean): IntegrationName[] {
  return integrationNames.filter((name) => !isOptional(name) || topologyOf(name).secrets.every(isSet));
}

/** What an optional integration lacks that somebody has begun to set; nothing for one that is on or off. */
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

/** The names of an integration's queues on any broker, given the prefix of the stage (`eventfork-dev`, say). */
export function queueNames(prefix: string, integration: IntegrationName) {
  return { queue: `${prefix}-${integration}`, deadLetterQueue: `${prefix}-${integration}-dead` };
}
