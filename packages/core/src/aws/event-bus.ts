import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { callsWithin } from "./index.ts";

type Sdk = typeof import("@aws-sdk/client-eventbridge");

/** What goes to a bus: its type, and the JSON text that rules look at and queues get. */
export type BusEntry = { type: string; detail: string };

/** Why the bus did not take an event; `isFinal` where it never will. */
export type Refusal = { reason: string; isFinal: boolean };

/** A rule on a bus as it is now. */
export type BusRule = { arn: string; description: string | undefined; pattern: string; isEnabled: boolean };

/** The bus's own name for the sender. The envelope's source could begin with "aws.", which PutEvents refuses to anybody but AWS. */
const entrySource = "eventfork";

/** Faults of the event itself. Any other may pass, or be repaired. Source: PutEventsResultEntry's reference page. */
const finalCodes: ReadonlySet<string> = new Set([
  "InvalidArgument",
  "MalformedDetail",
  "NotAuthorizedForSourceException",
  "NotAuthorizedForDetailTypeException",
]);

let connection: Promise<{ sdk: Sdk; client: EventBridgeClient }> | undefined;

/** EventBridge's SDK is loaded only where a bus is. */
function connect(): Promise<{ sdk: Sdk; client: EventBridgeClient }> {
  connection ??= import("@aws-sdk/client-eventbridge").then((sdk) => ({
    sdk,
    client: new sdk.EventBridgeClient(callsWithin(5_000)),
  }));
  return connection;
}

/** Puts ten events at most on the bus, and answers for each, in order, why it was not taken, or null. @throws what the SDK throws. */
export async function putEvents(busArn: string, entries: readonly BusEntry[]): Promise<(Refusal | null)[]> {
  const { sdk, client } = await connect();
  const Entries = entries.map(({ type, detail }) => ({
    EventBusName: busArn,
    Source: entrySource,
    DetailType: type,
    Detail: detail,
  }));
  const { Entries: results = [] } = await client.send(new sdk.PutEventsCommand({ Entries }));
  return entries.map((_, index) => {
    const { EventId, ErrorCode = "NoAnswer", ErrorMessage = "" } = results[index] ?? {};
    if (EventId !== undefined) return null;
    return { reason: `${ErrorCode}: ${ErrorMessage}`, isFinal: finalCodes.has(ErrorCode) };
  });
}

/** A rule on the bus; null when there is none of that name. @throws what the SDK throws. */
export async function readBusRule(busArn: string, name: string): Promise<BusRule | null> {
  const { sdk, client } = await connect();
  const command = new sdk.DescribeRuleCommand({ EventBusName: busArn, Name: name });
  const rule = await client.send(command).catch((error: unknown) => {
    if (error instanceof sdk.ResourceNotFoundException) return null;
    throw error;
  });
  if (rule === null) return null;
  const { Arn = "", Description, EventPattern = "", State } = rule;
  return { arn: Arn, description: Description, pattern: EventPattern, isEnabled: State === "ENABLED" };
}

/** Gives a rule that is there another pattern, and enables it. PutRule would make a rule that is missing, without a queue to feed. */
export async function putBusPattern(
  busArn: string,
  name: string,
  pattern: string,
  { description }: Pick<BusRule, "description">,
): Promise<void> {
  const { sdk, client } = await connect();
  const rule = { EventBusName: busArn, Name: name, EventPattern: pattern, State: sdk.RuleState.ENABLED };
  await client.send(new sdk.PutRuleCommand({ ...rule, Description: description }));
}
