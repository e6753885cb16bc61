"use client";

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";

export type Underlined = { from: number; to: number; message: string };

export type JsonCodeProps = {
  label: string;
  describedBy: string | undefined;
  text: string;
  isReadOnly: boolean;
  isInvalid: boolean;
  onEdit: (text: string) => void;
  problems?: readonly Underlined[];
  extensions?: Extension;
};

const none: readonly Underlined[] = [];

const highlighting = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--info)" },
  { tag: tags.string, color: "var(--success)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
  { tag: tags.punctuation, color: "var(--muted-foreground)" },
]);

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--card)", color: "var(--foreground)", fontSize: "0.8125rem", height: "100%" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6", minHeight: "14rem", maxHeight: "60dvh" },
  ".cm-content": { caretColor: "var(--foreground)", padding: "0.75rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--foreground)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted-foreground)", border: "none" },
  "&.cm-focused": { outline: "none" },
  ".cm-tooltip": {
    backgroundColor: "var(--popover)",
    color: "var(--popover-foreground)",
    border: "1px solid var(--border)",
    borderRadius: "0.5rem",
    overflow: "hidden",
    maxWidth: "min(28rem, 90vw)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--accent-foreground)",
  },
  ".cm-diagnostic": { fontFamily: "var(--font-sans)", padding: "0.5rem 0.75rem" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--destructive-fill)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--accent) !important" },
});

const fromOutside = Annotation.define<boolean>();

type Attributes = Pick<JsonCodeProps, "label" | "describedBy" | "isInvalid" | "isReadOnly">;

function toAttributes({ label, describedBy, isInvalid, isReadOnly }: Attributes) {
  return [
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-invalid": String(isInvalid),
      ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
    }),
  ];
}

export function JsonCode(props: JsonCodeProps) {
  const { label, describedBy, text, isReadOnly, isInvalid, onEdit, problems = none, extensions = [] } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const state = useRef({ text, onEdit, extensions, settings: new Compartment() });
  state.current.onEdit = onEdit;
  const attributes = toAttributes({ label, describedBy, isInvalid, isReadOnly });
  const first = useRef(attributes);

  useEffect(() => {
    if (host.current === null) return;
    const { settings } = state.current;
    const listener = EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      state.current.text = update.state.doc.toString();
      const isNotified = update.transactions.every((transaction) => transaction.annotation(fromOutside) === true);
      if (!isNotified) state.current.onEdit(state.current.text);
    });
    const created = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: state.current.text,
        extensions: [
          lineNumbers(),
          history(),
          json(),
          bracketMatching(),
          indentUnit.of("  "),
          syntaxHighlighting(highlighting),
          state.current.extensions,
          EditorView.lineWrapping,
          theme,
          keymap.of([...historyKeymap, ...lintKeymap, ...defaultKeymap]),
          settings.of(first.current),
          listener,
        ],
      }),
    });
    view.current = created;
    return () => created.destroy();
  }, []);

  useEffect(() => {
    const current = view.current;
    if (current === null || state.current.text === text) return;
    state.current.text = text;
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: text },
      annotations: fromOutside.of(true),
    });
  }, [text]);

  useEffect(() => {
    const { settings } = state.current;
    const effects = settings.reconfigure(toAttributes({ label, describedBy, isInvalid, isReadOnly }));
    view.current?.dispatch({ effects });
  }, [label, describedBy, isInvalid, isReadOnly]);

  useEffect(() => {
    const current = view.current;
    if (current === null || problems === none) return;
    const { length } = current.state.doc;
    const diagnostics = problems.map(({ from, to, message }) => ({
      from: Math.min(from, length),
      to: Math.min(to, length),
      message,
      severity: "error" as const,
    }));
    current.dispatch(setDiagnostics(current.state, diagnostics));
  }, [problems]);

  return (
    <div
      ref={host}
      className="min-w-0 overflow-hidden rounded-md border border-input focus-within:outline-2 focus-within:outline-ring focus-within:outline-offset-2 has-[[aria-invalid=true]]:border-destructive"
    />
  );
}
