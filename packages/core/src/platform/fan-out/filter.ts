import type { Policy } from "../../rules/parse.ts";
import type { Problem } from "../../rules/problems.ts";
import { fanOut } from "../../topology/index.ts";
import { validatePattern } from "./event-pattern.ts";

/**
 * Why a valid SNS policy cannot be a filter of topology's fan-out. Also for the browser and for machines without AWS:
 * no rule is saved there that could not be deployed.
 */
export const validateFilter: (policy: Policy) => Problem[] = fanOut === "eventbridge" ? validatePattern : () => [];
