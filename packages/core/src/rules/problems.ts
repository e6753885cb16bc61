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

/**
 * One reason why SNS would refuse a policy.
 * `path` is where in the policy (`data.email[0].numeric`, empty for the policy itself), `message` says what is wrong, the rule and what to do;
 * `line` and `column` (from 1) are there when the problem was found in a text.
 */
export type Problem = { path: string; code: ProblemCode; message: string; line?: number; column?: number };

export type Report = (path: string, code: ProblemCode, message: string) => void;

/** Thrown when a policy that SNS would refuse is compiled, explained or described. `problems` holds every reason; show them to who wrote it. */
export class InvalidPolicyError extends Error {
  override readonly name = "InvalidPolicyError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(sayProblems(problems));
    this.problems = problems;
  }
}

/** All problems in one line, each with its place. */
export function sayProblems(problems: readonly Pick<Problem, "path" | "message">[]): string {
  return problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join(" ");
}

const plainKey = /^[\w$-]+$/;

/** The place one step below `path`: `at("data", "email")` is `data.email`, `at("data", 0)` is `data[0]`, odd keys are quoted: `data["a.b"]`. */
export function at(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  if (!plainKey.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path === "" ? step : `${path}.${step}`;
}
