export type ProblemCode =
  | "bad-json"
  | "duplicate-key"
  | "duplicate-path"
  | "not-an-object"
  | "too-large"
  | "too-many-keys"
  | "too-complex"
  | "too-many-wildcards"
  | "nested"
  | "not-a-list"
  | "empty-list"
  | "empty-object"
  | "bad-value"
  | "unknown-operator"
  | "one-operator"
  | "bad-argument"
  | "out-of-range";

/** `path` is in the policy, such as `data.email[0].numeric`; `line` and `column` start at 1. */
export type Problem = { path: string; code: ProblemCode; message: string; line?: number; column?: number };

export type Report = (path: string, code: ProblemCode, message: string) => undefined;

export class InvalidPolicyError extends Error {
  override readonly name = "InvalidPolicyError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(describeProblems(problems));
    this.problems = problems;
  }
}

export function describeProblems(problems: readonly Pick<Problem, "path" | "message">[]): string {
  return problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join(" ");
}

const plainKey = /^[\w$-]+$/;

/** `data.email`, `data[0]`, or `data["a.b"]`. */
export function at(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  if (!plainKey.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path === "" ? step : `${path}.${step}`;
}
