/**
 * The SNS filter policy language, without I/O. Sources:
 * docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies and the pages below it; LocalStack's tests,
 * recorded against AWS; AWS Event Ruler.
 */

export {
  type BuilderChoice,
  type BuilderCondition,
  type BuilderField,
  type BuilderPart,
  type ConditionKind,
  fromBuilder,
  toBuilder,
} from "./builder.ts";
export { type DiffLine, describeChanges, diffLines, diffPolicies, isSamePolicy, type PolicyChange } from "./diff.ts";
export {
  type DescribeOptions,
  describe,
  describeEvents,
  explain,
  explainCompiled,
  type FailedClause,
} from "./explain.ts";
export { LIMITS } from "./limits.ts";
export { findProblems, type LocatedProblem, locateProblems } from "./locate.ts";
export { type CompiledRule, compile, type Message, match, matches } from "./match.ts";
export { readNetwork } from "./operators/cidr.ts";
export { compileWildcard } from "./operators/wildcard.ts";
export { type ParsedPolicy, type Policy, parsePolicy } from "./parse.ts";
export { at, describeProblems, InvalidPolicyError, type Problem, type ProblemCode, type Report } from "./problems.ts";
export { runTestLine } from "./test-line.ts";
export { type Group, isChoice, readPolicy, type Scope, validatePolicy } from "./validate.ts";
export type { MessageAttribute, MessageAttributes } from "./values.ts";
export { findLeaves, isObject, type Json, show } from "./values.ts";
