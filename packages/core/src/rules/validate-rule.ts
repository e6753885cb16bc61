import { type FanOut, fanOut } from "../topology/index.ts";
import { toEventPattern } from "./event-pattern.ts";
import type { Policy } from "./parse.ts";
import type { Problem } from "./problems.ts";
import { validatePolicy } from "./validate.ts";

/**
 * Every reason why a policy cannot be an integration's rule: SNS would refuse it or, where a bus is in the topic's place, the bus could not have it.
 * The second is looked at when the first is right.
 */
export function validateRule(policy: unknown, by: FanOut = fanOut): Problem[] {
  const problems = validatePolicy(policy, "MessageBody");
  if (problems.length > 0 || by === "sns") return problems;
  const translation = toEventPattern(policy as Policy);
  return translation.ok ? [] : translation.problems;
}
