export { applyPending, type WatchResult, watchRules } from "./apply.ts";
export type { Decision } from "./decide.ts";
export { adoptLive, adoptLiveInput, checkDrift, checkDriftInput, reapplyRule, reapplyRuleInput } from "./drift.ts";
export { dryRun, dryRunInput, testEvent, testEventInput } from "./dry-run.ts";
export { restoreSubscription, restoreSubscriptionInput } from "./restore.ts";
export { rollbackRule, rollbackRuleInput, saveRule, saveRuleInput } from "./save.ts";
export {
  countFiltered,
  type FilteredCount,
  type ReplayProgress,
  replayFiltered,
  replayFilteredInput,
  sendAnyway,
  sendAnywayInput,
} from "./send-anyway.ts";
export type { Bucket, ChangedEvent, DryRunReport, ValueCount } from "./tally.ts";
export {
  getRule,
  getRuleInput,
  type LiveRule,
  listRuleTroubles,
  type Rule,
  type RuleState,
  type RuleTrouble,
  type RuleVersionItem,
  ruleScope,
  ruleSpreadMs,
  seedRules,
} from "./versions.ts";
export {
  type EventItem,
  type ExplainedEvent,
  explainEvent,
  explainEventInput,
  type Why,
  type WhyStatus,
} from "./why.ts";
