export {
  applyPending,
  getRule,
  getRuleInput,
  type Rule,
  type RuleVersionItem,
  ruleScope,
  saveRule,
  saveRuleInput,
  seedRules,
} from "./versions.ts";
