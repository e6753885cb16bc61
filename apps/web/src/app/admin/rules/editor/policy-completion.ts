import { type CompletionContext, type CompletionResult, snippetCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { catalogFields, eventTypes } from "@eventfork/core/events/catalog";
import type { SyntaxNode } from "@lezer/common";

const operators = [
  ["prefix", '"prefix": "#{}"', "starts with"],
  ["suffix", '"suffix": "#{}"', "ends with"],
  ["equals-ignore-case", '"equals-ignore-case": "#{}"', "is, in any case"],
  ["wildcard", '"wildcard": "#{*}"', "matches a pattern"],
  ["anything-but", '"anything-but": ["#{}"]', "is none of"],
  ["numeric", '"numeric": [">=", #{0}]', "is a number within"],
  ["exists", '"exists": #{true}', "is there, or is not"],
  ["cidr", '"cidr": "#{10.0.0.0/24}"', "is an IP address in"],
] as const;

const topFields = ["type", "source", "subject", "id", "time", "data", "$or"];

export function completePolicy(context: CompletionContext): CompletionResult | null {
  const typed = context.matchBefore(/"?[\w$.-]*/);
  if (typed === null || (typed.from === typed.to && !context.explicit)) return null;
  const keys = keysAbove(context);
  if (keys === null) return null;
  const options = keys.at(-1) === "[]" && !isInObject(context) ? listOptions(keys) : keyOptions(keys);
  if (options.length === 0) return null;
  return { from: typed.from, options, validFor: /^"?[\w$.-]*$/ };
}

function listOptions(keys: readonly string[]) {
  const values = keys[0] === "type" ? eventTypes.map((type) => ({ label: `"${type}"`, type: "enum" })) : [];
  return [
    ...values,
    ...operators.map(([name, template, detail]) =>
      snippetCompletion(`{ ${template} }`, { label: `{ "${name}" }`, detail, type: "function" }),
    ),
  ];
}

function keyOptions(keys: readonly string[]) {
  const path = keys.filter((key) => key !== "[]" && key !== "$or");
  const isInCondition = keys.some((key, index) => key === "[]" && keys[index - 1] !== "$or");
  if (isInCondition)
    return operators.map(([name, template, detail]) =>
      snippetCompletion(template, { label: `"${name}"`, detail, type: "function" }),
    );
  const names =
    path.length === 0
      ? topFields
      : catalogFields
          .map((field) => field.path.split("."))
          .filter(([first]) => first === path[0] && path.length === 1)
          .map(([, name = ""]) => name);
  return names.map((name) => {
    const rest = name === "data" ? "{ #{} }" : name === "$or" ? "[{ #{} }, {  }]" : "[#{}]";
    return snippetCompletion(`"${name}": ${rest}`, { label: `"${name}"`, type: "property" });
  });
}

function isInObject({ state, pos }: CompletionContext): boolean {
  let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1);
  while (node !== null && node.name !== "Array" && node.name !== "Object") node = node.parent;
  return node?.name === "Object";
}

function keysAbove({ state, pos }: CompletionContext): string[] | null {
  const keys: string[] = [];
  for (let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1); node !== null; node = node.parent) {
    if (node.name === "Array") keys.unshift("[]");
    if (node.name === "Property") {
      const name = node.getChild("PropertyName");
      if (name !== null && name.to < pos) keys.unshift(state.sliceDoc(name.from + 1, name.to - 1));
    }
  }
  return keys;
}
