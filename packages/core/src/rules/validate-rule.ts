import { validateFilter } from "../platform/fan-out/filter.ts";
import type { Policy } from "./parse.ts";
import type { Problem } from "./problems.ts";
import { validatePolicy } from "./validate.ts";

/** Every reason why a policy cannot be an integration's rule: SNS would refuse it, or else the fan-out could not have it. */
export function validateRule(policy: Policy): Problem[] {
  const problems = validatePolicy(policy, "MessageBody");
  return problems.length > 0 ? problems : validateFilter(policy);
}
