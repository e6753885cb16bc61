import { beforeAll, expect, test } from "vitest";
import type { Graph } from "../testing/graph/evaluate.ts";
import {
  arnOf,
  buildOf,
  deadOf,
  entries,
  inputsOf,
  ofType,
  only,
  parseIamPolicy,
  queueInGraph,
} from "../testing/graph/graph.ts";
import { evaluateDev } from "../testing/graph/stages.ts";

let topic: Graph;
let bus: Graph;
beforeAll(async () => {
  [topic, bus] = await Promise.all([evaluateDev(), evaluateDev("eventbridge")]);
}, 600_000);

const nameOfBus = () => String(inputsOf(only(ofType(bus, "cloudwatch/eventBus:EventBus"), "EventsBus")).name);
const arnOfBus = () => `arn:aws:events:us-east-1:123456789012:event-bus/${nameOfBus()}`;
const nameOfRule = (title: string) => String(queueInGraph(bus, title).name);
const arnOfRule = (title: string) => `arn:aws:events:us-east-1:123456789012:rule/${nameOfBus()}/${nameOfRule(title)}`;

const steady = (text: string) => text.replaceAll(/(?<=Subscriber)[A-Z][a-z]{5}|(?<=Queue)-[a-z]{8}\b/g, "");
const namesOf = (graph: Graph) => graph.resources.map(({ type, name }) => steady(`${type} ${name}`)).sort();
const steadyInputs = (inputs: object) => JSON.parse(steady(JSON.stringify(inputs)));

test("one setting replaces the topic with a bus and each subscription with a rule and target, and nothing else", () => {
  expect(bus.failure).toBeNull();
  const [before, after] = [namesOf(topic), namesOf(bus)];
  expect(before.filter((name) => !after.includes(name))).toEqual(
    [
      "aws:sns/topic:Topic EventsTopic",
      "aws:sns/topicPolicy:TopicPolicy EventsPolicy",
      "sst:aws:SnsTopic Events",
      ...entries.map(({ title }) => `aws:sns/topicSubscription:TopicSubscription ${title}Subscription`),
    ].sort(),
  );
  expect(after.filter((name) => !before.includes(name))).toEqual(
    [
      "aws:cloudwatch/eventBus:EventBus EventsBus",
      "sst:aws:Bus Events",
      ...entries.flatMap(({ title }) => [
        `aws:cloudwatch/eventRule:EventRule ${title}Rule`,
        `aws:cloudwatch/eventTarget:EventTarget ${title}Target`,
      ]),
    ].sort(),
  );
});

test.each(entries)(
  "$title's rule has its queue's name and starts with its pattern, which no later deployment changes",
  (entry) => {
    const resource = only(ofType(bus, "cloudwatch/eventRule:EventRule"), `${entry.title}Rule`);
    const { eventPattern, ...inputs } = inputsOf(resource);
    expect(inputs).toEqual({ name: nameOfRule(entry.title), eventBusName: nameOfBus() });
    expect(nameOfRule(entry.title).length).toBeLessThanOrEqual(64);
    expect(JSON.parse(String(eventPattern))).toEqual({ detail: entry.rule });
    expect(resource.options.ignoreChanges).toEqual(["eventPattern"]);
  },
);

test.each(entries)(
  "$title's target is its queue, which gets the envelope alone, and undeliverable events go to its DLQ",
  ({ title }) => {
    const target = only(ofType(bus, "cloudwatch/eventTarget:EventTarget"), `${title}Target`);
    expect(inputsOf(target)).toEqual({
      eventBusName: nameOfBus(),
      rule: nameOfRule(title),
      arn: arnOf(queueInGraph(bus, title)),
      inputPath: "$.detail",
      deadLetterConfig: { arn: arnOf(deadOf(bus, title)) },
    });
    expect(target.options.dependsOn.sort()).toEqual([`${title}DeadLetterQueuePolicy`, `${title}QueuePolicy`]);
  },
);

test.each(entries)(
  "$title's queues match those with a topic, and accept messages from this rule alone",
  ({ title }) => {
    for (const of of [queueInGraph, deadOf])
      expect(steadyInputs(of(bus, title))).toEqual(steadyInputs(of(topic, title)));
    for (const [name, queue] of [
      [`${title}QueuePolicy`, queueInGraph(bus, title)],
      [`${title}DeadLetterQueuePolicy`, deadOf(bus, title)],
    ] as const) {
      const [allow, deny, ...others] = parseIamPolicy(
        inputsOf(only(ofType(bus, "sqs/queuePolicy:QueuePolicy"), name)).policy,
      );
      expect(allow).toEqual({
        Effect: "Allow",
        Action: ["sqs:SendMessage"],
        Resource: [arnOf(queue)],
        Principal: { Service: ["events.amazonaws.com"] },
        Condition: { ArnEquals: { "aws:SourceArn": [arnOfRule(title)] } },
      });
      expect(deny).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": ["false"] } } });
      expect(others).toEqual([]);
    }
  },
);

test("every function with the topic's ARN has the bus's, and no other function changes", () => {
  for (const { functionID, links } of topic.builds) {
    const { links: now } = buildOf(bus, functionID);
    expect(Object.keys(now)).toEqual(Object.keys(links));
    if ("EventforkTopicArn" in links)
      expect(now.EventforkTopicArn?.properties ?? now.EventforkTopicArn).toMatchObject({ value: arnOfBus() });
  }
});
