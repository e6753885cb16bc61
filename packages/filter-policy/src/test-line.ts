import { explainCompiled } from "./explain.ts";
import { type CompiledRule, compile, type Message } from "./match.ts";
import { type Policy, parsePolicy, scanJson } from "./parse.ts";
import { describeProblems, InvalidPolicyError, type Problem } from "./problems.ts";
import type { Scope } from "./validate.ts";
import { isObject, type MessageAttribute, type MessageAttributes, parseJson, show } from "./values.ts";

class InvalidLine extends Error {}

/** The problems that a deployment finds in a valid rule for bodies. */
export type ValidateRule = (policy: Policy) => Problem[];

/**
 * Never throws. In:
 * `{"policy":…,"scope":"MessageBody"|"MessageAttributes","body":…|"attributes":{name:{"DataType":…,"StringValue":…}}}`.
 * Out: `{"match":true}`, `{"match":false,"because":[FailedClause]}`, or `{"invalid":"…"}`.
 */
export function runTestLine(line: string, validateRule: ValidateRule = () => []): string {
  try {
    const { rule, message } = readCase(line, validateRule);
    const because = explainCompiled(rule, message);
    return JSON.stringify(because.length === 0 ? { match: true } : { match: false, because });
  } catch (error) {
    if (error instanceof InvalidLine || error instanceof InvalidPolicyError)
      return JSON.stringify({ invalid: error.message });
    throw error;
  }
}

function readCase(line: string, validateRule: ValidateRule): { rule: CompiledRule; message: Message } {
  const { fault, members } = scanJson(line);
  if (fault !== undefined) throw new InvalidLine(`The line is not JSON: column ${fault.offset + 1}: ${fault.message}.`);
  const source = members.get("policy");
  if (source === undefined)
    throw new InvalidLine(
      'The line is no case: it must be a JSON object with "policy", "scope" and "body" or "attributes".',
    );
  const body: unknown = members.has("body") ? JSON.parse(members.get("body") ?? "") : undefined;
  const attributes: unknown = JSON.parse(members.get("attributes") ?? "{}");
  const scope = readScope(members);
  if (scope === "MessageBody" && !members.has("body"))
    throw new InvalidLine('The case has the scope MessageBody, but no "body".');
  const policy = readPolicySource(source);
  const rule = compile(policy, scope);
  const problems = scope === "MessageBody" ? validateRule(policy) : [];
  if (problems.length > 0) throw new InvalidPolicyError(problems);
  return { rule, message: { body, attributes: scope === "MessageAttributes" ? readAttributes(attributes) : {} } };
}

function readPolicySource(source: string) {
  const value = source.startsWith('"') ? parseJson(source) : source;
  const parsed = parsePolicy(typeof value === "string" ? value : source);
  if (!parsed.ok) throw new InvalidLine(describeProblems(parsed.problems));
  return parsed.policy;
}

function readScope(members: Map<string, string>): Scope {
  const scope: unknown = JSON.parse(
    members.get("scope") ?? (members.has("body") ? '"MessageBody"' : '"MessageAttributes"'),
  );
  if (scope === "MessageBody" || scope === "MessageAttributes") return scope;
  throw new InvalidLine(`The scope must be "MessageBody" or "MessageAttributes", but this is ${show(scope)}.`);
}

function readAttributes(value: unknown): MessageAttributes {
  if (!isObject(value))
    throw new InvalidLine(
      `The attributes must be an object of {"DataType":…,"StringValue":…} by name, but this is ${show(value)}.`,
    );
  return Object.fromEntries(Object.keys(value).map((name) => [name, readAttributeValue(name, value[name])]));
}

function readAttributeValue(name: string, value: unknown): MessageAttribute {
  const { DataType, StringValue } = isObject(value) ? value : {};
  if (typeof DataType !== "string" || (StringValue !== undefined && typeof StringValue !== "string")) {
    throw new InvalidLine(
      `The attribute ${show(name)} must be {"DataType":"String","StringValue":"…"}, but this is ${show(value)}.`,
    );
  }
  return { DataType, ...(StringValue === undefined ? {} : { StringValue }) };
}
