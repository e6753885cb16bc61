import { describe, expect, test } from "vitest";
import {
  arnOf,
  deadOf,
  entries,
  inputsOf,
  ofType,
  only,
  parseIamPolicy,
  queueInGraph,
  topicArnOf,
} from "../testing/graph/graph.ts";
import { evaluateStages, stages } from "../testing/graph/stages.ts";

const graphs = evaluateStages();

describe.each(stages)("a %s stage", (stage) => {
  test("SST's own components evaluate it without an error", () => {
    expect(graphs[stage].failure).toBeNull();
  });

  test("it has one topic, and exactly one queue, DLQ and subscription for each integration", () => {
    const graph = graphs[stage];
    expect(ofType(graph, "sns/topic:Topic").filter(({ name }) => name !== "Alarms")).toHaveLength(1);
    const titles = entries.flatMap(({ title }) => [`${title}QueueQueue`, `${title}DeadLetterQueueQueue`]);
    expect(
      ofType(graph, "sqs/queue:Queue")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(titles.sort());
    const subscriptions = ofType(graph, "sns/topicSubscription:TopicSubscription").filter(
      ({ name }) => name !== "AlarmsEmail",
    );
    expect(subscriptions.map(({ name }) => name).sort()).toEqual(
      entries.map(({ title }) => `${title}Subscription`).sort(),
    );
  });

  test.each(entries)("$title's queues keep messages for 14 days, are encrypted, and redrive to the DLQ", (entry) => {
    const graph = graphs[stage];
    const queue = queueInGraph(graph, entry.title);
    const dead = deadOf(graph, entry.title);
    const kept = { messageRetentionSeconds: 14 * 24 * 3600, sqsManagedSseEnabled: true, fifoQueue: false };
    expect(dead).toMatchObject(kept);
    expect(queue).toMatchObject({ ...kept, visibilityTimeoutSeconds: 6 * entry.timeoutSeconds });
    const redrive = { deadLetterTargetArn: arnOf(dead), maxReceiveCount: entry.retry.attempts };
    expect(JSON.parse(String(queue.redrivePolicy))).toEqual(redrive);
  });

  test.each(entries)("$title's queues accept messages from this topic alone, over TLS alone", ({ title }) => {
    const graph = graphs[stage];
    for (const [name, queue] of [
      [`${title}QueuePolicy`, queueInGraph(graph, title)],
      [`${title}DeadLetterQueuePolicy`, deadOf(graph, title)],
    ] as const) {
      const { policy } = inputsOf(only(ofType(graph, "sqs/queuePolicy:QueuePolicy"), name));
      expect(parseIamPolicy(policy)).toEqual([
        {
          Effect: "Allow",
          Action: ["sqs:SendMessage"],
          Resource: [arnOf(queue)],
          Principal: { Service: ["sns.amazonaws.com"] },
          Condition: { ArnEquals: { "aws:SourceArn": [topicArnOf(graph)] } },
        },
        {
          Effect: "Deny",
          Action: ["sqs:*"],
          Resource: [arnOf(queue)],
          Principal: { "*": ["*"] },
          Condition: { Bool: { "aws:SecureTransport": ["false"] } },
        },
      ]);
    }
    expect(ofType(graph, "sqs/queuePolicy:QueuePolicy")).toHaveLength(2 * entries.length);
  });

  test("the topic refuses requests without TLS", () => {
    const [statement, ...others] = parseIamPolicy(
      inputsOf(only(ofType(graphs[stage], "sns/topicPolicy:TopicPolicy"), "EventsPolicy")).policy,
    );
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": ["false"] } } });
  });

  test.each(entries)(
    "$title's subscription starts with its rule, which no later deployment changes",
    ({ title, rule }) => {
      const graph = graphs[stage];
      const subscription = only(ofType(graph, "sns/topicSubscription:TopicSubscription"), `${title}Subscription`);
      const { filterPolicy, redrivePolicy, ...inputs } = inputsOf(subscription);
      expect(inputs).toEqual({
        topic: topicArnOf(graph),
        protocol: "sqs",
        endpoint: arnOf(queueInGraph(graph, title)),
        rawMessageDelivery: true,
        filterPolicyScope: "MessageBody",
      });
      expect(JSON.parse(String(filterPolicy))).toEqual(rule);
      expect(JSON.parse(String(redrivePolicy))).toEqual({ deadLetterTargetArn: arnOf(deadOf(graph, title)) });
      expect(subscription.options.ignoreChanges).toEqual(["filterPolicy", "filterPolicyScope"]);
    },
  );

  test.each(entries)(
    "$title's mapping has its batch, window and concurrency, and reports partial failures",
    (entry) => {
      const graph = graphs[stage];
      const source = arnOf(queueInGraph(graph, entry.title));
      const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
      const [mapping, ...others] = mappings.filter(({ eventSourceArn }) => eventSourceArn === source);
      expect(others).toEqual([]);
      expect(mapping).toMatchObject({
        functionResponseTypes: ["ReportBatchItemFailures"],
        batchSize: entry.batch.size,
        maximumBatchingWindowInSeconds: entry.batch.windowSeconds,
        scalingConfig: { maximumConcurrency: entry.maximumConcurrency },
      });
      expect(String(mapping?.functionName)).toContain(`${entry.title}ConsumerFunction`);
      const consumer = inputsOf(only(ofType(graph, "lambda/function:Function"), `${entry.title}ConsumerFunction`));
      expect(consumer.timeout).toBe(stage === "dev" ? Math.min(15, entry.timeoutSeconds) : entry.timeoutSeconds);
    },
  );

  test("every DLQ is archived, and nothing else is polled", () => {
    const graph = graphs[stage];
    const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
    expect(mappings).toHaveLength(2 * entries.length);
    const archived = mappings.filter(({ functionName }) => String(functionName).includes("ArchiveFunction"));
    expect(archived.map(({ eventSourceArn }) => eventSourceArn).sort()).toEqual(
      entries.map(({ title }) => arnOf(deadOf(graph, title))).sort(),
    );
  });
});
