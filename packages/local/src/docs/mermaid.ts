import type { Page } from "./pages.ts";

/** The first of `lines` names the kind. */
export type Diagram = { heading: string; lines: readonly string[] };

type Checked = { faults: string[]; states: string[] };

export function readDiagrams({ text }: Page): Diagram[] {
  return [...text.matchAll(/^( *)```mermaid\n([\s\S]*?)^\1```/gm)].map(({ 2: code = "", index }) => ({
    heading: [...text.slice(0, index).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1] ?? "",
    lines: readLines(code),
  }));
}

export function readLines(code: string): string[] {
  return code
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("%%"));
}

/** Accepts only the Mermaid that the pages use. */
export function checkDiagram([kind = "", ...lines]: readonly string[]): Checked {
  if (kind === "sequenceDiagram") return { faults: checkSequence(lines), states: [] };
  if (kind === "stateDiagram-v2") return checkStates(lines);
  if (/^flowchart (?:LR|RL|TB|TD|BT)$/.test(kind)) return { faults: checkFlowchart(lines), states: [] };
  return { faults: [`${kind}: no kind of diagram`], states: [] };
}

function checkSequence(lines: readonly string[]): string[] {
  const declared = new Set<string>();
  const faults: string[] = [];
  let open = 0;
  for (const line of lines) {
    const participant = /^(?:participant|actor) (\w+)(?: as \S.*)?$/.exec(line)?.[1];
    const [, from, to] = /^(\w+)(?:->>|-->>|-x|--x|-\)|--\))(\w+): \S/.exec(line) ?? [];
    const [, first, second = first] = /^Note (?:over|left of|right of) (\w+)(?:,(\w+))?: \S/.exec(line) ?? [];
    const named = [from, to, first, second].filter((name) => name !== undefined);
    if (participant !== undefined) declared.add(participant);
    else if (named.length > 0) {
      faults.push(...named.filter((name) => !declared.has(name)).map((name) => `${name}: not declared before ${line}`));
    } else if (/^(?:alt|loop|opt) \S/.test(line)) open += 1;
    else if (line === "end" && open > 0) open -= 1;
    else if (!/^else \S/.test(line) || open === 0) faults.push(`${line}: no line of a sequence diagram`);
  }
  return open === 0 ? faults : [...faults, `${open} blocks have no end`];
}

/** `states` are without those that contain others. */
function checkStates(lines: readonly string[]): Checked {
  const faults: string[] = [];
  const named = new Set<string>();
  const reached = new Set<string>();
  const composite = new Set<string>();
  let open = 0;
  for (const line of lines) {
    const container = /^state (\w+) \{$/.exec(line)?.[1];
    const [, from, to, label] = /^(\w+|\[\*\]) --> (\w+|\[\*\])(?:: (\S.*))?$/.exec(line) ?? [];
    if (container !== undefined) {
      composite.add(container);
      open += 1;
    } else if (from !== undefined && to !== undefined) {
      for (const state of [from, to]) if (state !== "[*]") named.add(state);
      reached.add(to);
      if (label === undefined && from !== "[*]") faults.push(`${line}: a transition without a label`);
    } else if (line === "}" && open > 0) open -= 1;
    else if (!/^direction (?:LR|TB)$/.test(line)) faults.push(`${line}: no line of a state diagram`);
  }
  if (open > 0) faults.push(`${open} states have no end`);
  const unreached = [...named, ...composite].filter((state) => !reached.has(state));
  faults.push(...unreached.map((state) => `${state}: no transition leads to it`));
  return { faults, states: [...named].filter((state) => !composite.has(state)) };
}

const nodeText = String.raw`(?:"[^"]+"|[^"()[\]{}|<>]+)`;
const shapes = [
  [String.raw`\[\(`, String.raw`\)\]`],
  [String.raw`\(\[`, String.raw`\]\)`],
  [String.raw`\(\(`, String.raw`\)\)`],
  [String.raw`\{\{`, String.raw`\}\}`],
  [String.raw`\[`, String.raw`\]`],
  [String.raw`\(`, String.raw`\)`],
  [String.raw`\{`, String.raw`\}`],
].map((ends) => ends.join(nodeText));
/** Mermaid takes a node named `end` for the end of a subgraph. */
const node = String.raw`(?!end\b)\w+(?:${shapes.join("|")})?`;
const nodes = `${node}(?: & ${node})*`;
const edgeText = `(?:"[^"]+"|[^"|<>=.-]+)`;
const edge = String.raw`(?:(?:-->|---|-\.->|==>)(?:\|${edgeText}\|)?|-- ${edgeText} -->|-\. ${edgeText} \.->|== ${edgeText} ==>)`;
const statement = new RegExp(`^${nodes}(?: ${edge} ${nodes})*$`);

function checkFlowchart(lines: readonly string[]): string[] {
  const faults: string[] = [];
  let open = 0;
  for (const line of lines) {
    if (/^subgraph \S/.test(line)) open += 1;
    else if (line === "end" && open > 0) open -= 1;
    else if (!statement.test(line) && !/^direction (?:LR|RL|TB|TD|BT)$/.test(line))
      faults.push(`${line}: no line of a flowchart`);
  }
  return open === 0 ? faults : [...faults, `${open} subgraphs have no end`];
}
