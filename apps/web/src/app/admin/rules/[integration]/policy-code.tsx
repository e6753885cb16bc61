"use client";

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { linter } from "@codemirror/lint";
import { keymap } from "@codemirror/view";
import { findProblems } from "@eventfork/core/rules/language";
import { JsonCode, type JsonCodeProps } from "@/components/admin/json-code.tsx";
import { completePolicy } from "./policy-completion.ts";

const checking = linter(
  (view) => {
    const text = view.state.doc.toString();
    return findProblems(text, "MessageBody").map(({ from, to, message }) => ({
      from,
      to: Math.min(to, text.length),
      severity: "error",
      message,
    }));
  },
  { delay: 200 },
);

// Completion is taken with Enter: Tab leaves the editor.
const extensions = [autocompletion({ override: [completePolicy] }), keymap.of(completionKeymap), checking];

/** The policy as JSON: completed from the catalog, with each problem underlined where it is. */
export function PolicyCode(props: Omit<JsonCodeProps, "problems" | "extensions">) {
  return <JsonCode {...props} extensions={extensions} />;
}
