/**
 * Sources: docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints; LocalStack's
 * test_sns_filter_policy, recorded against AWS.
 */
export const LIMITS = {
  /** `$or` counts as one. */
  keys: 5,
  /** Product of each list's length times its depth; alternatives of `$or` are added. */
  combinations: 150,
  bytes: 256 * 1024,
  number: 1_000_000_000,
  wildcardsInPattern: 3,
  /** Per field, the points of its patterns (a single `*` is 1, several are 3 each) times their number. */
  wildcardPoints: 100,
} as const;

/**
 * As a field, any of these makes `$or` an ordinary key. Sources: docs.aws.amazon.com/sns/latest/dg/and-or-logic; AWS
 * Event Ruler.
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
