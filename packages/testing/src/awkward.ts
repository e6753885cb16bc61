import fc from "fast-check";

/** Generators of harmful JSON, for property tests and `npm run fuzz`. */

const awkwardTextExamples = [
  "",
  " ",
  "__proto__",
  "constructor",
  "\u0000",
  "\u0007\u001b[31m",
  "\u007f\u0085\u009f",
  "\ud800",
  "\udc00\ud800",
  "\ufffe\uffff\u{1ffff}\u{10ffff}",
  "\ufffd\ufeff",
  "🦊",
  "👨‍👩‍👧🏴󠁧󠁢󠁳󠁣󠁴󠁿",
  "می‌نا",
  "ශ්‍රී",
  "مرحبا \u202eevil\u202c",
  "e\u0301".repeat(50),
  `${"x".repeat(254)}😀`,
  "😀".repeat(300),
  "*b* _i_ `c` ~s~ :skull: <!channel> <@U1> &amp;",
  "<script>alert(1)</script>",
  "'; DROP TABLE event; --",
  "{{ 7 | times: 7 }} {% raw %}",
  "=1+1\t＝2",
  "a\r\nb\u2028c",
  "x".repeat(5_000),
];

export const awkwardTexts = fc.oneof(
  fc.constantFrom(...awkwardTextExamples),
  fc.string({ unit: "binary", maxLength: 60 }),
);

const awkwardNumbers = fc.oneof(
  fc.constantFrom(0, -0, 0.1, 5e-324, 1e-7, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 1e20, 1e308),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

export const awkwardTimes = fc.oneof(
  fc.constantFrom(
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-02T00:00:00Z",
    "0001-06-01T00:00:00+14:00",
    "1582-10-10T00:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "2016-12-31T23:59:60Z",
    "2024-02-29T12:00:00-12:00",
    "2026-02-30T00:00:00Z",
    "2026-11-23T10:00:00.123456789Z",
    "2026-11-23T10:00:00+15:59",
    "2026-11-23T10:00:00+23:00",
    "2026-11-23T10:00:00",
    "2026-11-23",
    "9999-12-30T23:59:59.999Z",
    "9999-12-31T23:59:59.999-12:00",
    "+010000-01-01T00:00:00Z",
    "yesterday",
  ),
  awkwardTexts,
);

const depths = fc.constantFrom(1, 63, 64, 65, 97, 98, 99, 100, 101, 200, 3_000, 15_000);

/** `writeJson` writes the nesting, because `JSON.stringify` would overflow. */
const deepJson = fc.tuple(depths, fc.constantFrom("[", "{")).map(([depth, kind]) => `@deep ${depth} ${kind}`);

export function writeJson(value: unknown): string {
  return JSON.stringify(value).replace(/"@deep (\d+) ([[{])"/g, (_, depth: string, kind: string) => {
    const [open, close] = kind === "[" ? ["[", "]"] : ['{"a":', "}"];
    return `${open.repeat(Number(depth))}1${close.repeat(Number(depth))}`;
  });
}

const wideJson = fc
  .constantFrom(10, 1_000)
  .map((width) => Object.fromEntries(Array.from({ length: width }, (_, i) => [`field ${i}`, i])));

export const awkwardJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: awkwardTexts },
  { weight: 2, arbitrary: awkwardNumbers },
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }) },
  { weight: 1, arbitrary: deepJson },
  { weight: 1, arbitrary: wideJson },
  { weight: 1, arbitrary: fc.dictionary(awkwardTexts, awkwardTexts, { maxKeys: 4 }) },
);

export const awkwardSignUps = fc.record({
  type: fc.constant("user.signed_up"),
  data: fc.record(
    {
      userId: fc.oneof({ weight: 6, arbitrary: fc.nat(50).map((n) => `usr_${n}`) }, awkwardTexts),
      email: fc.oneof(
        { weight: 6, arbitrary: fc.nat(50).map((n) => `ada${n}@lovelace.dev`) },
        fc.constantFrom("ann@bücher.example", "no", "a@b", "o'neil+x@例え.jp"),
      ),
      name: awkwardTexts,
      marketingConsent: fc.oneof({ weight: 9, arbitrary: fc.boolean() }, awkwardJson),
      extra: awkwardJson,
    },
    { requiredKeys: ["userId", "email", "name", "marketingConsent"] },
  ),
});
