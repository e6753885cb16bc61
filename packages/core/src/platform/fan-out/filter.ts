import type { Policy } from "../../rules/parse.ts";
import type { Problem } from "../../rules/problems.ts";
import { fanOut } from "../../topology/index.ts";
import { validatePattern } from "./event-pattern.ts";

/**
 * Every reason why a policy that is valid for SNS cannot be a filter of the fan-out that `topology` chooses. For the browser, and for a machine without
 * AWS, where a topic stands in for a bus: no rule is saved there that could not be deployed.
 */
export const validateFilter: (policy: Policy) => Problem[] = fanOut === "eventbridge" ? validatePattern : () => [];
