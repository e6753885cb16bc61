import { type BusRule, putBusPattern, readBusRule } from "../aws/event-bus.ts";
import { isBus } from "../aws/fan-out.ts";
import { type Messaging, queueOf } from "../aws/index.ts";
import { EventforkError } from "../kernel/index.ts";
import { busRuleName, fanOut, type IntegrationName } from "../topology/index.ts";
import { fromEventPattern, toEventPattern } from "./event-pattern.ts";
import { type Policy, sayProblems } from "./language.ts";
import type { LivePolicy } from "./live.ts";
import { ruleScope } from "./versions.ts";

type Reached = Pick<Messaging, "topicArn">;

/** Puts an event pattern that means the policy on the rule that feeds an integration's queue, and enables it. */
export async function setBusPolicy(
  messaging: Messaging,
  integration: IntegrationName,
  policy: Policy,
): Promise<LivePolicy> {
  const pattern = JSON.stringify(requirePattern(policy));
  const { name, rule } = await findRule(messaging, integration);
  await putBusPattern(messaging.topicArn, name, pattern, rule);
  return toLive({ ...rule, pattern, isEnabled: true });
}

/** What the rule that feeds an integration's queue lets through, as a policy where it is one of ours. */
export async function readBusPolicy(messaging: Messaging, integration: IntegrationName): Promise<LivePolicy> {
  return toLive((await findRule(messaging, integration)).rule);
}

async function findRule(messaging: Messaging, integration: IntegrationName) {
  const queueName = new URL(queueOf(messaging, integration).url).pathname.split("/").at(-1) ?? "";
  const name = busRuleName(queueName);
  const rule = await readBusRule(messaging.topicArn, name);
  if (rule === null)
    throw new EventforkError("NOT_FOUND", `The bus has no rule ${name} for ${integration}'s queue: deploy again.`);
  return { name, rule };
}

function toLive({ arn, pattern, isEnabled }: BusRule): LivePolicy {
  const policy = isEnabled ? fromEventPattern(pattern) : null;
  if (policy !== null) return { subscription: arn, policyText: JSON.stringify(policy), scope: ruleScope };
  return { subscription: arn, policyText: pattern, scope: isEnabled ? "EventPattern" : "Disabled" };
}

/**
 * The policy, when EventBridge can have it; it must where a bus is, and where topology names one and a topic stands in for it.
 * @throws EventforkError `INVALID` with each place where the two languages differ.
 */
export function requireFit(policy: Policy, reached: Reached): Policy {
  if (mustFit(reached)) requirePattern(policy);
  return policy;
}

/** Whether what is live may be given the policy. */
export function canFit(policy: Policy, reached: Reached): boolean {
  return !mustFit(reached) || toEventPattern(policy).ok;
}

function mustFit(reached: Reached): boolean {
  return fanOut === "eventbridge" || isBus(reached);
}

function requirePattern(policy: Policy) {
  const translation = toEventPattern(policy);
  if (translation.ok) return translation.pattern;
  const { problems } = translation;
  const message = `EventBridge would not let the same events through by this rule as SNS does, so it cannot be in force here. ${sayProblems(problems)}`;
  throw new EventforkError("INVALID", message, { problems });
}
