import { GetQueueAttributesCommand, QueueDoesNotExist } from "@aws-sdk/client-sqs";
import { listOn, type Messaging, queueOf, readMapping } from "../platform/aws/index.ts";
import { type Ctx, EventforkError, messageOf } from "../platform/index.ts";
import { type IntegrationName, integrations, isIntegrationName, subscriptionLabel } from "../topology/index.ts";

const resources = ["subscription", "queue", "dead_letter_queue", "redrive_policy", "event_source_mapping"] as const;

export type Resource = (typeof resources)[number];

export type MissingResource = {
  integration: IntegrationName;
  resource: Resource;
  since: Date;
  text: string;
  isRestorable: boolean;
  advice: string;
};

type State = "present" | "missing" | "unknown";

const deployAgain =
  "On AWS run npx sst refresh, then npx sst deploy, with the stage. Locally, start npm run dev again.";

/** Half the job's interval on AWS. */
const checkEveryMs = 30_000;
const checkpoint = "integrations.resources";

/** A service that does not answer changes nothing. Null when checked recently. */
export async function checkResources(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "log">,
): Promise<{ missing: number } | null> {
  if (!(await claimCheck(ctx))) return null;
  const checks = await Promise.all(listOn(ctx.messaging).map((integration) => inspect(ctx, integration)));
  const found = checks.flat().filter(({ state }) => state !== "present");
  const missing = found.filter(({ state }) => state === "missing");
  const columns = (rows: typeof found) =>
    [rows.map((row) => row.integration), rows.map((row) => row.resource)] as const;
  const [[kept, keptResources], [gone, goneResources]] = [columns(found), columns(missing)];
  await ctx.db.$transaction([
    ctx.db.$executeRaw`DELETE FROM missing_resource WHERE (integration, resource) NOT IN
      (SELECT * FROM unnest(${kept}::text[], ${keptResources}::text[]))`,
    ctx.db.$executeRaw`INSERT INTO missing_resource (integration, resource, since)
      SELECT name, resource, ${ctx.now()} FROM unnest(${gone}::text[], ${goneResources}::text[]) AS r(name, resource)
      ON CONFLICT (integration, resource) DO NOTHING`,
  ]);
  for (const { integration, resource } of missing) {
    ctx.log.error({ integration, resource }, "a resource of the integration is missing");
  }
  return { missing: missing.length };
}

export async function listMissingResources({
  db,
  messaging,
}: Pick<Ctx, "db" | "messaging">): Promise<MissingResource[]> {
  const on = listOn(messaging);
  const rows = await db.missingResource.findMany({ orderBy: [{ since: "asc" }, { integration: "asc" }] });
  return rows.flatMap(({ integration, resource, since }) =>
    isIntegrationName(integration) && on.includes(integration) && isResource(resource)
      ? [
          {
            integration,
            resource,
            since,
            text: describeMissing(integration, resource),
            ...adviseOn(messaging, resource),
          },
        ]
      : [],
  );
}

export function describeMissing(integration: IntegrationName, resource: Resource): string {
  const { title } = integrations[integration];
  const texts: Record<Resource, string> = {
    subscription: `${title}'s ${subscriptionLabel} is missing: it gets no events.`,
    queue: `${title}'s queue is missing: it gets no events.`,
    dead_letter_queue: `${title}'s dead letter queue is missing: failed messages have no place to go.`,
    redrive_policy: `${title}'s queue has no redrive policy to its dead letter queue: failed messages are lost when they expire.`,
    event_source_mapping: `${title}'s event source mapping is missing: no consumer takes its messages.`,
  };
  return texts[resource];
}

function adviseOn({ fanOut }: Pick<Messaging, "fanOut">, resource: Resource) {
  const isRestorable = resource === "subscription" && fanOut.subscribe !== null;
  const advice = isRestorable ? "Restore it. Events of the meantime become overdue and can be resent." : deployAgain;
  return { isRestorable, advice };
}

async function claimCheck({ db, now }: Pick<Ctx, "db" | "now">): Promise<boolean> {
  const latest = new Date(now().getTime() - checkEveryMs);
  const claimed =
    await db.$executeRaw`INSERT INTO checkpoint AS c (name, at, last_id) VALUES (${checkpoint}, ${now()}, '')
    ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at WHERE c.at <= ${latest}`;
  return claimed > 0;
}

async function inspect({ messaging, log }: Pick<Ctx, "messaging" | "log">, integration: IntegrationName) {
  const { url, deadLetterUrl } = queueOf(messaging, integration);
  const ask = async <T>(read: () => Promise<T>): Promise<{ state: State; value?: T }> => {
    try {
      return { state: "present", value: await read() };
    } catch (error) {
      if (isGone(error)) return { state: "missing" };
      log.warn({ integration, error: messageOf(error) }, "a resource of the integration could not be checked");
      return { state: "unknown" };
    }
  };
  const [queue, deadLetterQueue, mapping] = await Promise.all([
    ask(() => readQueue(messaging, url)),
    ask(() => readQueue(messaging, deadLetterUrl)),
    ask(() => readMapping(messaging.mappings ?? {}, integration)),
  ]);
  // Finding the subscription needs the queue's ARN.
  const subscription = queue.state === "present" ? await ask(() => messaging.fanOut.readFilter(integration)) : queue;
  const isRedriven = queue.value?.deadLetterArn === deadLetterQueue.value?.arn;
  const states: Record<Resource, State> = {
    queue: queue.state,
    dead_letter_queue: deadLetterQueue.state,
    event_source_mapping: mapping.state,
    subscription: queue.state === "missing" ? "present" : subscription.state,
    redrive_policy:
      queue.state !== "present" || deadLetterQueue.state !== "present" || isRedriven ? "present" : "missing",
  };
  return resources.map((resource) => ({ integration, resource, state: states[resource] }));
}

async function readQueue({ sqs }: Pick<Messaging, "sqs">, QueueUrl: string) {
  const AttributeNames = ["QueueArn" as const, "RedrivePolicy" as const];
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  const policy: { deadLetterTargetArn?: unknown } = JSON.parse(Attributes.RedrivePolicy || "{}");
  return { arn: Attributes.QueueArn, deadLetterArn: policy.deadLetterTargetArn };
}

function isGone(error: unknown): boolean {
  if (error instanceof QueueDoesNotExist) return true;
  if (error instanceof EventforkError) return error.code === "NOT_FOUND";
  return error instanceof Error && error.name === "ResourceNotFoundException";
}

const isResource = (name: string): name is Resource => resources.some((resource) => resource === name);
