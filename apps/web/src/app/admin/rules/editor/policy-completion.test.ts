import { CompletionContext } from "@codemirror/autocomplete";
import { json } from "@codemirror/lang-json";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { completePolicy } from "./policy-completion.ts";

function complete(text: string): string[] {
  const position = text.indexOf("|");
  const state = EditorState.create({ doc: text.replace("|", ""), extensions: [json()] });
  return completePolicy(new CompletionContext(state, position, true))?.options.map(({ label }) => label) ?? [];
}

test.each([
  ['{ "ty| }', '"type"', '"email"'],
  ['{ "type": [|] }', '"user.signed_up"', '"email"'],
  ['{ "data": { "| } }', '"email"', '"type"'],
  ['{ "data": { "email": [{ "| }] } }', '"suffix"', '"email"'],
  ['{ "data": { "email": [|] } }', '{ "suffix" }', '"user.signed_up"'],
  ['{ "$or": [{ "| }] }', '"type"', '"suffix"'],
  ['{ "$or": [{ "data": { "| } }] }', '"email"', '"suffix"'],
])("in %s it offers %s and not %s", (text, offered, absent) => {
  expect(complete(text)).toContain(offered);
  expect(complete(text)).not.toContain(absent);
});
