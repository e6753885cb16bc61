import * as Topology from "@eventfork/core/topology";
import type { FunctionBuild, Graph, Resource } from "./evaluate.ts";

/** Pulumi marks what it knows to be secret with this key. Source: pulumi/sdk/nodejs/runtime/rpc.ts */
const signature = "4dabf18193072939515e22adb298388d";

/** The resources of a type, by AWS's name for it: `sqs/queue:Queue`. */
export function ofType(graph: Graph, type: string): Resource[] {
  return graph.resources.filter((resource) => resource.type === `aws:${type}`);
}

/** @throws Error when the graph does not have exactly one. */
export function only(resources: readonly Resource[], name: string | RegExp): Resource {
  const found = resources.filter((resource) =>
    typeof name === "string" ? resource.name === name : name.test(resource.name),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} resources are named ${name}`);
  return first;
}

export const entries = Topology.requiredNames.map((name) => ({ name, ...Topology.integrations[name] }));

export const queueOf = (graph: Graph, title: string) =>
  inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}QueueQueue`));

export const deadOf = (graph: Graph, title: string) =>
  inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}DeadLetterQueueQueue`));

/** The ARN of a queue, by its inputs. */
export const arnOf = ({ name }: Record<string, unknown>) => `arn:aws:sqs:us-east-1:123456789012:${name}`;

export const topicArnOf = (graph: Graph) =>
  `arn:aws:sns:us-east-1:123456789012:${inputsOf(only(ofType(graph, "sns/topic:Topic"), "EventsTopic")).name}`;

/** The functions that run code of this repository. */
export const ourFunctions = (graph: Graph) =>
  ofType(graph, "lambda/function:Function").filter(({ name }) => !/EdgeFunction|ImageOptimizer|DevServer/.test(name));

/** An input as it would reach AWS. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value && "value" in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export function inputsOf(resource: Resource): Record<string, unknown> {
  return plain(resource.inputs) as Record<string, unknown>;
}

export type Statement = {
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: string[];
  Principal?: Record<string, string[]>;
  Condition?: Record<string, Record<string, string[]>>;
};

export function parsePolicy(policy: unknown): Statement[] {
  return JSON.parse(String(policy)).Statement;
}

/** What the role of a function allows, inline; it has no other policies if `managedPolicyArns` is empty. */
export function statementsOf(graph: Graph, role: RegExp | string): Statement[] {
  const { inlinePolicies = [] } = inputsOf(only(ofType(graph, "iam/role:Role"), role));
  return (inlinePolicies as { policy: string }[]).flatMap(({ policy }) => parsePolicy(policy));
}

/** An action on a resource as one text, to compare lists of them. */
export function listGrants(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
}

/** A function's plain environment variables, our own names alone. */
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
