import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { InvalidPolicyError } from "@eventfork/filter-policy";
import type { IntegrationName } from "../../topology/index.ts";
import { callsWithin, queueOf } from "../aws/index.ts";
import { EventforkError } from "../errors.ts";
import type { FanOut, LiveFilter, Messaging } from "../messaging.ts";
import { busRuleName, fromEventPattern, hasSamePattern, toEventPattern, validatePattern } from "./event-pattern.ts";

type Sdk = typeof import("@aws-sdk/client-eventbridge");

/** PutEvents refuses a source that begins with "aws.", as an envelope's may. */
const entrySource = "eventfork";

/** Faults of the event itself. Source: PutEventsResultEntry's reference page. */
const finalCodes: ReadonlySet<string> = new Set([
  "InvalidArgument",
  "MalformedDetail",
  "NotAuthorizedForSourceException",
  "NotAuthorizedForDetailTypeException",
]);

const obstacles: Readonly<Record<string, string>> = {
  Disabled: "is disabled and matches nothing",
  EventPattern: "has an event pattern that no rule becomes",
};

let connection: Promise<{ sdk: Sdk; client: EventBridgeClient }> | undefined;

function connect(): Promise<{ sdk: Sdk; client: EventBridgeClient }> {
  connection ??= import("@aws-sdk/client-eventbridge").then((sdk) => ({
    sdk,
    client: new sdk.EventBridgeClient(callsWithin(5_000)),
  }));
  return connection;
}

export function createEventBridge(busArn: string, reached: Pick<Messaging, "queues">): FanOut {
  async function findRule(integration: IntegrationName) {
    const { sdk, client } = await connect();
    const queueName = new URL(queueOf(reached, integration).url).pathname.split("/").at(-1) ?? "";
    const Name = busRuleName(queueName);
    const command = new sdk.DescribeRuleCommand({ EventBusName: busArn, Name });
    const rule = await client.send(command).catch((error: unknown) => {
      if (!(error instanceof sdk.ResourceNotFoundException)) throw error;
      const message = `The bus has no rule ${Name} for ${integration}'s queue: deploy again.`;
      throw new EventforkError("NOT_FOUND", message);
    });
    return { ...rule, Name };
  }

  return {
    label: "EventBridge bus",
    system: "aws.eventbridge",
    async publish(events, signal) {
      const { sdk, client } = await connect();
      const Entries = events.map(({ type, body }) => ({
        EventBusName: busArn,
        Source: entrySource,
        DetailType: type,
        Detail: body,
      }));
      const { Entries: results = [] } = await client.send(
        new sdk.PutEventsCommand({ Entries }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return events.map(({ id }, index) => {
        const { EventId, ErrorCode = "NoAnswer", ErrorMessage = "" } = results[index] ?? {};
        if (EventId !== undefined) return { id, error: null, isFinal: false };
        return { id, error: `${ErrorCode}: ${ErrorMessage}`, isFinal: finalCodes.has(ErrorCode) };
      });
    },
    validateFilter: validatePattern,
    async setFilter(integration, policy) {
      const translation = toEventPattern(policy);
      if (!translation.ok) throw new InvalidPolicyError(translation.problems);
      const { sdk, client } = await connect();
      // PutRule would create a missing rule without a target, and drop an existing description.
      const { Arn, Name, Description } = await findRule(integration);
      const EventPattern = JSON.stringify(translation.pattern);
      const State = sdk.RuleState.ENABLED;
      await client.send(new sdk.PutRuleCommand({ EventBusName: busArn, Name, Description, EventPattern, State }));
      return toLive({ Arn, EventPattern, State });
    },
    readFilter: async (integration) => toLive(await findRule(integration)),
    // Only a deployment writes the queue policy that a target needs.
    subscribe: null,
    isSameFilter: hasSamePattern,
    describeObstacle: ({ scope }) => obstacles[scope ?? ""] ?? null,
  };
}

type BusRule = { Arn?: string | undefined; EventPattern?: string | undefined; State?: string | undefined };

function toLive({ Arn: subscription = "", EventPattern = "", State }: BusRule): LiveFilter {
  if (State !== "ENABLED") return { subscription, policyText: EventPattern, scope: "Disabled" };
  const policy = fromEventPattern(EventPattern);
  if (policy === null) return { subscription, policyText: EventPattern, scope: "EventPattern" };
  return { subscription, policyText: JSON.stringify(policy), scope: "MessageBody" };
}
