/**
 * Sources: docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints; 5 keys, 150 combinations and their
 * counting were recorded against AWS in LocalStack's test_sns_filter_policy.
 */
export const LIMITS = {
  /** Top-level keys. Nested keys are not counted; `$or` counts as one. */
  keys: 5,
  /** Product of the lengths of all lists, each times its nesting depth; the alternatives of a `$or` are summed. */
  combinations: 150,
  /** Of the policy's JSON text in UTF-8. */
  bytes: 256 * 1024,
  /** Greatest absolute value of a number in a policy. */
  number: 1_000_000_000,
  /** `*` in one wildcard pattern. */
  wildcardsInPattern: 3,
  /** Sum over fields of (points of its patterns) x (number of its patterns); a single `*` is 1 point, several are 3 each. */
  wildcardPoints: 100,
} as const;

/**
 * Names that make a `$or` an ordinary key when an object in its list has one as a field. Sources:
 * docs.aws.amazon.com/sns/latest/dg/and-or-logic; AWS Event Ruler, whose compiler SNS uses.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
  "cidr",
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "regex",
  "not-wildcard",
  "not-equals-ignore-case",
  "date-after",
  "date-on-or-after",
  "date-before",
  "date-on-or-before",
  "in-date-range",
  "ip-address-in-range",
  "ip-address-not-in-range",
]);
