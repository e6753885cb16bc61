import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Mappings } from "../env/index.ts";
import type { IntegrationName } from "../topology/index.ts";

/** Whether Lambda polls the queue; `changing` while Lambda says that it is still at work on an earlier change. */
export type MappingState = "enabled" | "disabled" | "changing";

type Sdk = typeof import("@aws-sdk/client-lambda");

let connection: Promise<{ sdk: Sdk; client: LambdaClient }> | undefined;

/** Lambda's SDK is loaded only where a mapping is to be read or changed. A call ends well within what a consumer keeps of its time. */
function connect(): Promise<{ sdk: Sdk; client: LambdaClient }> {
  connection ??= import("@aws-sdk/client-lambda").then((sdk) => {
    const requestHandler = { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true };
    return { sdk, client: new sdk.LambdaClient({ maxAttempts: 1, requestHandler }) };
  });
  return connection;
}

/** The state of an integration's event source mapping; null where it has none. @throws what the SDK throws. */
export async function readMapping(mappings: Mappings, integration: IntegrationName): Promise<MappingState | null> {
  const UUID = mappings[integration];
  if (UUID === undefined) return null;
  const { sdk, client } = await connect();
  const { State } = await client.send(new sdk.GetEventSourceMappingCommand({ UUID }));
  if (State === "Enabled" || State === "Enabling") return "enabled";
  return State === "Disabled" || State === "Disabling" ? "disabled" : "changing";
}

/** Starts or stops Lambda's polling of an integration's queue. Does nothing where it has no mapping. @throws what the SDK throws. */
export async function switchMapping(mappings: Mappings, integration: IntegrationName, isOn: boolean): Promise<void> {
  const UUID = mappings[integration];
  if (UUID === undefined) return;
  const { sdk, client } = await connect();
  await client.send(new sdk.UpdateEventSourceMappingCommand({ UUID, Enabled: isOn }));
}
