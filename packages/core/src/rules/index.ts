export { applyPending, type WatchResult, watchRules } from "./apply.ts";
export type { Decision } from "./decide.ts";
export { type AcceptedVersion, decide, readAccepted, readAllAccepted } from "./decide.ts";
export { adoptLive, adoptLiveInput, checkDrift, checkDriftInput, reapplyRule, reapplyRuleInput } from "./drift.ts";
export { dryRun, dryRunInput, testEvent, testEventInput } from "./dry-run.ts";
export type { Bucket, ChangedEvent, DryRunReport, ValueCount } from "./dry-run-accumulator.ts";
export { restoreSubscription, restoreSubscriptionInput } from "./restore.ts";
export { rollbackRule, rollbackRuleInput, saveRule, saveRuleInput } from "./save.ts";
export {
  getRule,
  getRuleInput,
  type LiveRule,
  listRuleTroubles,
  type Rule,
  type RuleIssue,
  type RuleState,
  type RuleVersionItem,
  readPolicyText,
  ruleScope,
  ruleSpreadMs,
  seedRules,
} from "./versions.ts";
