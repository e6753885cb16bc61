import { deadLetterStatuses } from "@eventfork/core/dead-letters";
import { deliveryStatuses } from "@eventfork/core/deliveries";
import type { IntegrationDetail } from "@eventfork/core/overview";
import { replayStates } from "@eventfork/core/replays";
import { describe, expect, test } from "vitest";
import { checkDiagram, readDiagrams, readLines } from "./mermaid.ts";
import { readPages } from "./pages.ts";

const diagrams = readPages().flatMap((page) =>
  readDiagrams(page).map(({ heading, lines }) => ({ path: page.path, heading, lines })),
);

/** A union of types has no list: this one has no state too few or too many, or the types fail. */
const breakerStates = Object.keys({
  closed: true,
  probing: true,
  paused: true,
} satisfies Record<IntegrationDetail["breaker"]["state"], true>);

/** Each state diagram, by its page and heading, and the code's list of the same states. */
const stateLists: readonly (readonly [path: string, heading: string, states: readonly string[]])[] = [
  ["docs/concepts/dead-letters.md", "Dead letters", deadLetterStatuses],
  ["docs/concepts/delivery.md", "States", deliveryStatuses],
  ["docs/concepts/delivery.md", "Circuit breaker", breakerStates],
  ["docs/concepts/replays.md", "Replays", replayStates],
];

test("the pages have diagrams of each kind", () => {
  const kinds = new Set(diagrams.map(({ lines }) => lines[0]?.split(" ")[0]));
  expect([...kinds].sort()).toEqual(["flowchart", "sequenceDiagram", "stateDiagram-v2"]);
});

test.each(diagrams)("$path, $heading: each line of the diagram has a form that Mermaid draws", ({ lines }) => {
  expect(checkDiagram(lines).faults).toEqual([]);
});

test.each(stateLists)("%s, %s: the diagram's states are those of the code", (path, heading, states) => {
  const diagram = diagrams.find((one) => one.path === path && one.heading === heading);
  expect(checkDiagram(diagram?.lines ?? []).states.sort()).toEqual([...states].sort());
});

test("each state diagram is compared with the code", () => {
  const drawn = diagrams.filter(({ lines }) => lines[0] === "stateDiagram-v2");
  expect(drawn.map(({ path, heading }) => `${path}, ${heading}`).sort()).toEqual(
    stateLists.map(([path, heading]) => `${path}, ${heading}`).sort(),
  );
});

describe("the check of a diagram", () => {
  const sequence = "sequenceDiagram\n participant A\n actor B as Bob\n A->>B: hello\n";
  const states = "stateDiagram-v2\n [*] --> a\n a --> b: done\n";
  const flowchart = 'flowchart LR\n a["A (1)"] -- "x, y" --> b[(B)] & c{{C}}\n c -. d .-> e([E]) --> a\n';

  test.each([sequence, states, flowchart])("accepts %j", (code) => {
    expect(checkDiagram(readLines(code)).faults).toEqual([]);
  });

  test.each([
    ["graph LR\n a --> b", "graph LR: no kind of diagram"],
    ["", ": no kind of diagram"],
    [`${sequence} A->>C: hello`, "C: not declared before A->>C: hello"],
    [`${sequence} A->B`, "A->B: no line of a sequence diagram"],
    [`${sequence} A->>B:`, "A->>B:: no line of a sequence diagram"],
    [`${sequence} loop twice`, "1 blocks have no end"],
    [`${sequence} end`, "end: no line of a sequence diagram"],
    [`${states} b -> a: again`, "b -> a: again: no line of a state diagram"],
    [`${states} b --> a`, "b --> a: a transition without a label"],
    [`${states} c --> a: again`, "c: no transition leads to it"],
    [`${states} state b {`, "1 states have no end"],
    [`${flowchart} a -> b`, "a -> b: no line of a flowchart"],
    [`${flowchart} a[A --> b`, "a[A --> b: no line of a flowchart"],
    [`${flowchart} a --> end`, "a --> end: no line of a flowchart"],
    [`${flowchart} a -- "x --> b`, 'a -- "x --> b: no line of a flowchart'],
    [`${flowchart} subgraph s`, "1 subgraphs have no end"],
  ])("refuses %j", (code, fault) => {
    expect(checkDiagram(readLines(code)).faults).toContain(fault);
  });

  test("leaves out states that contain others", () => {
    const code = "stateDiagram-v2\n state a {\n [*] --> b\n b --> c: on\n }\n [*] --> a\n a --> d: off";
    expect(checkDiagram(readLines(code))).toEqual({ faults: [], states: ["b", "c", "d"] });
  });
});
