"use client";

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { linter } from "@codemirror/lint";
import { keymap } from "@codemirror/view";
import { findRuleProblems } from "@eventfork/core/rules/fit";
import { findProblems, type LocatedProblem } from "@eventfork/filter-policy";
import { JsonCode, type JsonCodeProps } from "@/components/forms/json-code.tsx";
import { completePolicy } from "./policy-completion.ts";

function checking(find: (text: string) => LocatedProblem[]) {
  return linter(
    (view) => {
      const text = view.state.doc.toString();
      return find(text).map(({ from, to, message }) => ({
        from,
        to: Math.min(to, text.length),
        severity: "error",
        message,
      }));
    },
    { delay: 200 },
  );
}

const completing = [autocompletion({ override: [completePolicy] }), keymap.of(completionKeymap)];
const extensions = {
  rule: [completing, checking(findRuleProblems)],
  condition: [completing, checking((text) => findProblems(text, "MessageBody"))],
};

export type PolicyCodeProps = Omit<JsonCodeProps, "problems" | "extensions"> & {
  purpose: keyof typeof extensions;
};

export function PolicyCode({ purpose, ...props }: PolicyCodeProps) {
  return <JsonCode {...props} extensions={extensions[purpose]} />;
}
