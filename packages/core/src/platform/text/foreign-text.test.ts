import { explain, match } from "@eventfork/filter-policy";
import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../dead-letters/fingerprint.ts";
import { maskBody, maskReason } from "../../dead-letters/mask.ts";
import { privateValues, shortAnswer } from "../../providers/framework/errors.ts";
import { leavesOf } from "../../search/terms.ts";
import { maskAddresses, maskPersonalData } from "./mask.ts";
import { clip, replaceAddresses, toWellFormedJson, withoutHidden } from "./text.ts";

const size = 200_000;
const fill = (part: string) => part.repeat(Math.ceil(size / Buffer.byteLength(part)));

const texts = [
  ...["u", "@", "a@", "@a ", "a@b.", "ab_", "a1", "1", "1.", "-", '"', "'", "'a", "`", "“", "https://", "<", "&", "\\"],
  ...[
    "[",
    '{"a":',
    " ",
    "\n",
    " a",
    "a\u0301",
    "\u200d",
    "😀\u200d",
    "\u{E0041}",
    "\u202e",
    "\ud800",
    "é",
    "*",
    "words of a text ",
  ],
].map(fill);

const event = (text: string) => ({
  ...{ specversion: "1.0", id: "evt_1", type: "user.signed_up", source: "web", time: "2026-11-29T10:00:00.000Z" },
  data: { userId: "usr_1", email: "ada@lovelace.dev", name: text, text },
});
const policy = { "data.name": [{ wildcard: "a*b*c" }, { suffix: "z" }, { "anything-but": { prefix: "u" } }] };

const readers: Record<string, (text: string) => unknown> = {
  "e-mail addresses": (text) => replaceAddresses(text, () => "…"),
  "masked addresses": maskAddresses,
  "masked data": (text) => maskPersonalData({ email: text, note: text, list: [text] }),
  "masked data with JSON in a text": (text) => maskPersonalData({ note: JSON.stringify({ email: text }) }),
  "a masked body": maskBody,
  "a masked event": (text) => maskBody(JSON.stringify(event(text))),
  "a masked reason": (text) => maskReason(text, "Unparseable"),
  "a cause": (reason) => fingerprintOf({ integration: "slack", errorClass: "Rejected", errorCode: null, reason }),
  "a provider's answer": (text) => shortAnswer(text, []),
  "a provider's answer that repeats the event": (text) =>
    shortAnswer(`HTTP 400 ${text}`, privateValues([{ ...event(text), specversion: "1.0" }])),
  "a clipped text": (text) => clip(text, 200, "…"),
  "a text without what hides": withoutHidden,
  "well-formed JSON": toWellFormedJson,
  "fields to search": (text) => leavesOf({ ...event(text), subject: null }),
  "a rule": (text) => match(policy, "MessageBody", { body: event(text) }),
  "why a rule did not match": (text) => explain(policy, "MessageBody", { body: event(text) }),
};

const limitMs = 20;
const calls = 12;

function measure(read: (text: string) => unknown, text: string): number {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let call = 0; call < calls && leastMs > limitMs; call += 1) {
    const { user, system } = process.cpuUsage();
    read(text);
    const spent = process.cpuUsage({ user, system });
    leastMs = Math.min(leastMs, (spent.user + spent.system) / 1_000);
  }
  return leastMs;
}

describe.each(Object.entries(readers))("%s", (_, read) => {
  test.each(texts.map((text) => [JSON.stringify(text.slice(0, 12)), text]))("200 KB of %s", (_part, text) => {
    expect(measure(read, text)).toBeLessThan(limitMs);
  });
});

test.each([
  ["ada@lovelace.dev", "<>"],
  ['{"to":"ada@lovelace.dev","cc":"Bob <bob@x.io>"}', '{"to":"<>","cc":"Bob <<>>"}'],
  ["@here and a@ b", "@here and a@ b"],
  ["a@b@c @d@e", "<> <>"],
  ["@a@ x", "@a@ x"],
])("of %s the addresses are replaced", (text, expected) => {
  expect(replaceAddresses(text, () => "<>")).toBe(expected);
});
