import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishBatchCommand,
  type PublishBatchRequestEntry,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { isSamePolicy } from "@eventfork/filter-policy";
import type { IntegrationName } from "../../topology/index.ts";
import { createTopicClient, groupOf, queueOf, readQueueArn } from "../aws/index.ts";
import { EventforkError } from "../errors.ts";
import type { FanOut, Messaging, OutgoingEvent, PublishOutcome } from "../messaging.ts";
import { validateFilter } from "./filter.ts";

const ourScope = "MessageBody";

export function createSns(
  topicArn: string,
  reached: Pick<Messaging, "sqs" | "queues">,
  sns = createTopicClient(),
): FanOut {
  async function findSubscription(integration: IntegrationName): Promise<string> {
    const queueArn = await readQueueArn(reached, queueOf(reached, integration).url);
    let NextToken: string | undefined;
    do {
      const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken }));
      const found = page.Subscriptions?.find(({ Endpoint }) => Endpoint === queueArn)?.SubscriptionArn;
      if (found?.startsWith("arn:")) return found;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    throw new EventforkError(
      "NOT_FOUND",
      `The topic has no subscription for ${integration}'s queue. Restore it, or deploy again.`,
    );
  }

  return {
    label: "SNS topic",
    system: "aws.sns",
    async publish(events, signal) {
      const PublishBatchRequestEntries = events.map(toEntry);
      const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries });
      const answer = await sns.send(command, signal === undefined ? {} : { abortSignal: signal });
      const refused = new Map(answer.Failed?.map((entry) => [entry.Id, entry]));
      return events.map(({ id }): PublishOutcome => {
        const refusal = refused.get(id);
        if (refusal === undefined) return { id, error: null, isFinal: false };
        return { id, error: `${refusal.Code}: ${refusal.Message ?? ""}`, isFinal: refusal.SenderFault === true };
      });
    },
    validateFilter,
    async setFilter(integration, policy) {
      const SubscriptionArn = await findSubscription(integration);
      const set = (AttributeName: string, AttributeValue: string) =>
        sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
      // SNS accepts a nested policy only after the scope is set.
      await set("FilterPolicyScope", ourScope);
      const policyText = JSON.stringify(policy);
      await set("FilterPolicy", policyText);
      return { subscription: SubscriptionArn, policyText, scope: ourScope };
    },
    // SNS returns the new policy even while it is rolling out.
    async readFilter(integration) {
      const SubscriptionArn = await findSubscription(integration);
      const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      const { FilterPolicy, FilterPolicyScope = null } = Attributes;
      return { subscription: SubscriptionArn, policyText: FilterPolicy || null, scope: FilterPolicyScope };
    },
    async subscribe(integration, policy) {
      const { url, deadLetterUrl } = queueOf(reached, integration);
      const [Endpoint, deadLetterTargetArn] = await Promise.all([
        readQueueArn(reached, url),
        readQueueArn(reached, deadLetterUrl),
      ]);
      const policyText = JSON.stringify(policy);
      const Attributes = {
        RawMessageDelivery: "true",
        FilterPolicyScope: ourScope,
        FilterPolicy: policyText,
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn }),
      };
      const to = { TopicArn: topicArn, Protocol: "sqs", Endpoint, ReturnSubscriptionArn: true };
      const { SubscriptionArn = "" } = await sns.send(new SubscribeCommand({ ...to, Attributes }));
      return { subscription: SubscriptionArn, policyText, scope: ourScope };
    },
    isSameFilter: isSamePolicy,
    describeObstacle({ policyText, scope }) {
      if (policyText === null || scope === ourScope) return null;
      return `looks at message attributes (scope ${scope ?? "MessageAttributes"}), not at the body`;
    },
  };
}

function toEntry({ id, type, source, body }: OutgoingEvent): PublishBatchRequestEntry {
  return {
    Id: id,
    Message: body,
    MessageGroupId: groupOf(source),
    MessageAttributes: {
      type: { DataType: "String", StringValue: type },
      source: { DataType: "String", StringValue: source },
    },
  };
}
