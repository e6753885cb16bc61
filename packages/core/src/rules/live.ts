import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
} from "@aws-sdk/client-sns";
import { isBus } from "../aws/fan-out.ts";
import { queueOf, readQueueArn } from "../aws/index.ts";
import { type Ctx, EventforkError } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { readBusPolicy, setBusPolicy } from "./bus.ts";
import type { Policy } from "./language.ts";
import { ruleScope } from "./versions.ts";

/**
 * A subscription's filter policy as SNS gives it: null where it has none. Or what a rule on a bus lets through; the scope says `EventPattern` where its
 * pattern is none of ours, and `Disabled` where nothing is let through.
 */
export type LivePolicy = { subscription: string; policyText: string | null; scope: string | null };

/** Puts a policy on an integration's live subscription, or on its rule where a bus is, and answers what is there then. SNS needs up to 15 minutes until it is in force everywhere. */
export async function setLivePolicy(
  ctx: Pick<Ctx, "messaging">,
  integration: IntegrationName,
  policy: Policy,
): Promise<LivePolicy> {
  if (isBus(ctx.messaging)) return setBusPolicy(ctx.messaging, integration, policy);
  const SubscriptionArn = await findSubscription(ctx, integration);
  const set = (AttributeName: string, AttributeValue: string) =>
    ctx.messaging.sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
  // A nested policy is only accepted once the scope says so.
  await set("FilterPolicyScope", ruleScope);
  const policyText = JSON.stringify(policy);
  await set("FilterPolicy", policyText);
  return { subscription: SubscriptionArn, policyText, scope: ruleScope };
}

/** What SNS says that it filters by. It tells at once what was set, also while it is still spreading. */
export async function readLivePolicy(ctx: Pick<Ctx, "messaging">, integration: IntegrationName): Promise<LivePolicy> {
  if (isBus(ctx.messaging)) return readBusPolicy(ctx.messaging, integration);
  const SubscriptionArn = await findSubscription(ctx, integration);
  const { Attributes = {} } = await ctx.messaging.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  const { FilterPolicy, FilterPolicyScope = null } = Attributes;
  return { subscription: SubscriptionArn, policyText: FilterPolicy || null, scope: FilterPolicyScope };
}

/** The subscription that feeds the integration's queue, whoever made it. */
async function findSubscription({ messaging }: Pick<Ctx, "messaging">, integration: IntegrationName): Promise<string> {
  const queueArn = await readQueueArn(messaging, queueOf(messaging, integration).url);
  let NextToken: string | undefined;
  do {
    const page = await messaging.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: messaging.topicArn, NextToken }),
    );
    const found = page.Subscriptions?.find(({ Endpoint }) => Endpoint === queueArn)?.SubscriptionArn;
    if (found !== undefined) return found;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  throw new EventforkError("NOT_FOUND", `The topic has no subscription for ${integration}'s queue: deploy again.`);
}
