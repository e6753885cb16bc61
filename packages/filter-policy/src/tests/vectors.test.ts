import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Message, type MessageAttributes, match, runTestLine, type Scope, validatePolicy } from "../index.ts";

type MatchVector = {
  policy: unknown;
  scope: Scope;
  attributes?: MessageAttributes;
  body?: unknown;
  bodyRaw?: string;
  match: boolean;
  source: string;
};
type ValidateVector = { policy: unknown; scope: Scope; valid: boolean; source: string };

const shared = new URL("../../../../../shared/vectors/", import.meta.url);
const isShared = existsSync(shared);

function load<T>(url: URL): T[] {
  return JSON.parse(readFileSync(url, "utf8"));
}

function toMessage({ attributes, body, bodyRaw }: MatchVector): Message {
  return { body: bodyRaw ?? JSON.stringify(body), ...(attributes === undefined ? {} : { attributes }) };
}

function toLine({ policy, scope, attributes, body, bodyRaw }: MatchVector): string {
  return JSON.stringify(
    scope === "MessageBody" ? { policy, scope, body: bodyRaw ?? body } : { policy, scope, attributes },
  );
}

function holdVectors(vectors: MatchVector[]): void {
  test.each(vectors.map((vector, index) => ({ vector, name: `${index} ${vector.source}` })))("$name", ({ vector }) => {
    expect(match(vector.policy, vector.scope, toMessage(vector))).toBe(vector.match);
    expect(JSON.parse(runTestLine(toLine(vector)))).toMatchObject({ match: vector.match });
  });
}

describe("cases written from AWS's pages", () => {
  holdVectors(load(new URL("../testing/authored.json", import.meta.url)));
});

describe.skipIf(!isShared)(
  "cases recorded by others (skipped where the folder shared/vectors is not beside the repository)",
  () => {
    holdVectors(isShared ? load(new URL("match.json", shared)) : []);

    const vectors = isShared ? load<ValidateVector>(new URL("validate.json", shared)) : [];
    test.each(vectors.map((vector, index) => ({ vector, name: `${index} ${vector.source}` })))(
      "validate $name",
      ({ vector }) => {
        expect(validatePolicy(vector.policy, vector.scope)).toHaveLength(vector.valid ? 0 : 1);
      },
    );
  },
);
