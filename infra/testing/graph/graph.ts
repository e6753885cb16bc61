import * as Topology from "@eventfork/core/topology";
import type { FunctionBuild, Graph, GraphResource } from "./evaluate.ts";

/** Pulumi's marker of secrets. Source: pulumi/sdk/nodejs/runtime/rpc.ts */
const signature = "4dabf18193072939515e22adb298388d";

export function ofType(graph: Graph, type: string): GraphResource[] {
  return graph.resources.filter((resource) => resource.type === `aws:${type}`);
}

/** @throws Error unless the graph has exactly one. */
export function only(resources: readonly GraphResource[], name: string | RegExp): GraphResource {
  const found = resources.filter((resource) =>
    typeof name === "string" ? resource.name === name : name.test(resource.name),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} resources are named ${name}`);
  return first;
}

export const entries = Topology.requiredNames.map((name) => ({ name, ...Topology.integrations[name] }));

export const queueInGraph = (graph: Graph, title: string) =>
  inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}QueueQueue`));

export const deadOf = (graph: Graph, title: string) =>
  inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}DeadLetterQueueQueue`));

export const arnOf = ({ name }: Record<string, unknown>) => `arn:aws:sqs:us-east-1:123456789012:${name}`;

export const topicArnOf = (graph: Graph) =>
  `arn:aws:sns:us-east-1:123456789012:${inputsOf(only(ofType(graph, "sns/topic:Topic"), "EventsTopic")).name}`;

export const ourFunctions = (graph: Graph) =>
  ofType(graph, "lambda/function:Function").filter(({ name }) => !/EdgeFunction|ImageOptimizer|DevServer/.test(name));

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && "value" in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export function inputsOf(resource: GraphResource): Record<string, unknown> {
  return plain(resource.inputs) as Record<string, unknown>;
}

export type PolicyStatement = {
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: string[];
  Principal?: Record<string, string[]>;
  Condition?: Record<string, Record<string, string[]>>;
};

export function parseIamPolicy(policy: unknown): PolicyStatement[] {
  return JSON.parse(String(policy)).Statement;
}

export function statementsOf(graph: Graph, role: RegExp | string): PolicyStatement[] {
  const { inlinePolicies = [] } = inputsOf(only(ofType(graph, "iam/role:Role"), role));
  return (inlinePolicies as { policy: string }[]).flatMap(({ policy }) => parseIamPolicy(policy));
}

export function listGrants(statements: readonly PolicyStatement[]): string[] {
  return statements.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
}

export function variablesOf(graph: Graph, functionID: string): Record<string, string> {
  const { environment } = inputsOf(only(ofType(graph, "lambda/function:Function"), `${functionID}Function`));
  const { variables = {} } = (environment ?? {}) as { variables?: Record<string, string> };
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("SST_")));
}

export function buildOf(graph: Graph, functionID: string): FunctionBuild {
  const build = graph.builds.find((candidate) => candidate.functionID === functionID);
  if (build === undefined) throw new Error(`SST was not asked to build ${functionID}`);
  return build;
}
