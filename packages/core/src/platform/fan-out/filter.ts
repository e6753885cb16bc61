// Browser-safe: imports nothing that needs a server.
import type { Policy, Problem } from "@eventfork/filter-policy";
import { fanOut } from "../../topology/index.ts";
import { validatePattern } from "./event-pattern.ts";

/** Why a valid SNS policy cannot be deployed. */
export const validateFilter: (policy: Policy) => Problem[] = fanOut === "eventbridge" ? validatePattern : () => [];
