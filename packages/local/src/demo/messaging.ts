import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchCommandInput,
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
} from "@aws-sdk/client-sqs";
import { listOn, type Messaging, queueOf } from "@eventfork/core/aws";
import { type CompiledRule, compile, matches, type Policy } from "@eventfork/core/rules/language";
import { type IntegrationName, integrations } from "@eventfork/core/topology";
import { type Clock, minuteMs, secondMs } from "./clock.ts";
import type { Queues } from "./queues.ts";

export type PastMessaging = Messaging & {
  /** From when on the topic filters by a policy. */
  filterBy: (name: IntegrationName, policy: object, from: number) => void;
  /** The messages of an integration get lost between the topic and its queue while this answers true. */
  loseWhen: (isLost: (name: IntegrationName, at: number) => boolean) => void;
};

/** What SNS and SQS answer when they refuse nothing. */
const taken = { Successful: [], Failed: [] };

type Command = { input: unknown };
type Answer = (command: Command) => Promise<object>;

/** How long after SNS has accepted a policy it filters by it. */
export const spreadMs = 2 * minuteMs;

/**
 * A topic and queues whose time is the clock's: what core sends to them is filtered, kept and hidden as SNS and SQS do it. What is asked of
 * the subscriptions themselves goes to the real ones.
 */
export function createPastMessaging(real: Messaging, queues: Queues, clock: Clock): PastMessaging {
  const filters = new Map<IntegrationName, { from: number; rule: CompiledRule }[]>();
  let isLost = (_name: IntegrationName, _at: number) => false;
  const filterBy: PastMessaging["filterBy"] = (name, policy, from) => {
    const before = filters.get(name) ?? [];
    filters.set(name, [...before, { from, rule: compile(policy as Policy, "MessageBody") }]);
  };
  for (const name of listOn(real)) filterBy(name, integrations[name].rule, 0);

  const publish: Messaging["fanOut"]["publish"] = async (events) => {
    const at = clock.ms();
    for (const { body } of events) {
      for (const name of listOn(real)) {
        const rule = filters.get(name)?.findLast(({ from }) => from <= at)?.rule;
        if (rule === undefined || !matches(rule, { body: JSON.parse(body) }) || isLost(name, at)) continue;
        queues.send(queueOf(real, name).url, { body, attributes: {}, at, visibleAt: at + 20 });
      }
    }
    return events.map(({ id }) => ({ id, error: null, isFinal: false }));
  };

  return {
    ...real,
    fanOut: { ...real.fanOut, publish },
    sqs: createPastQueueClient(real.sqs, queues, clock),
    filterBy,
    loseWhen: (when) => {
      isLost = when;
    },
  };
}

/** What only a consumer needs: its queues, by a clock of its own. */
export function createPastQueueClient(real: Messaging["sqs"], queues: Queues, clock: Clock): Messaging["sqs"] {
  const send = ({ QueueUrl = "", Entries = [] }: SendMessageBatchCommandInput) => {
    const at = clock.ms();
    for (const { MessageBody: body = "", MessageAttributes: attributes = {}, DelaySeconds = 0 } of Entries) {
      queues.send(QueueUrl, { body, attributes, at, visibleAt: at + DelaySeconds * secondMs });
    }
    return taken;
  };
  const hide = ({ QueueUrl = "", Entries = [] }: ChangeMessageVisibilityBatchCommandInput) => {
    for (const { ReceiptHandle = "", VisibilityTimeout = 0 } of Entries) {
      queues.hide(QueueUrl, ReceiptHandle, clock.ms() + VisibilityTimeout * secondMs);
    }
    return taken;
  };
  return answering(real, async (command) => {
    if (command instanceof SendMessageBatchCommand) return send(command.input);
    if (command instanceof ChangeMessageVisibilityBatchCommand) return hide(command.input);
    return real.send(command as Parameters<Messaging["sqs"]["send"]>[0]);
  });
}

/** The client, with another way to send. Its commands and their answers are those of the SDK: `answer` gives what core reads of them. */
function answering<Client extends object>(client: Client, answer: Answer): Client {
  return new Proxy(client, { get: (target, key) => (key === "send" ? answer : Reflect.get(target, key)) });
}
