import { toEventPattern } from "../packages/core/src/rules/event-pattern.ts";
import type { Policy } from "../packages/core/src/rules/parse.ts";
import * as Topology from "../packages/core/src/topology/index.ts";
import type { FanOut } from "./fan-out.ts";
import { acceptFrom } from "./queue-policies.ts";
import { refuse } from "./stage.ts";

/** The one bus that every producer puts its events on. EventBridge speaks TLS alone, and keeps an event only until it is delivered. */
export function createBus(): FanOut {
  const patterns = translateRules();
  const bus = new sst.aws.Bus("Events");
  return {
    arn: bus.arn,
    mayPublish: { actions: ["events:PutEvents"], resources: [bus.arn] },
    mayChangeRules: (ruleArns) => [{ actions: ["events:DescribeRule", "events:PutRule"], resources: ruleArns }],
    feed({ name, title, queue, deadLetterQueue }) {
      const busRule = new aws.cloudwatch.EventRule(
        `${title}Rule`,
        {
          name: queue.nodes.queue.name.apply(Topology.busRuleName),
          eventBusName: bus.name,
          eventPattern: patterns.get(name) ?? "",
        },
        // Operators own a rule once it exists: a deploy never undoes an edit.
        { ignoreChanges: ["eventPattern"] },
      );
      const dependsOn = acceptFrom(
        { service: "events.amazonaws.com", arn: busRule.arn },
        { [`${title}Queue`]: queue, [`${title}DeadLetterQueue`]: deadLetterQueue },
      );
      new aws.cloudwatch.EventTarget(
        `${title}Target`,
        {
          eventBusName: bus.name,
          rule: busRule.name,
          arn: queue.arn,
          // The envelope alone, as a topic's raw delivery has it: a consumer cannot tell the two apart.
          inputPath: "$.detail",
          deadLetterConfig: { arn: deadLetterQueue.arn },
        },
        { dependsOn },
      );
      return busRule.arn;
    },
  };
}

/**
 * The patterns of the rules that the integrations start with.
 * @throws Error before anything is made, when EventBridge cannot have one of them.
 */
function translateRules(): ReadonlyMap<string, string> {
  const translations = Topology.integrationNames.map((name) => {
    const { title, rule } = Topology.topologyOf(name);
    return { name, title, translation: toEventPattern(structuredClone(rule) as Policy) };
  });
  refuse(
    translations.flatMap(({ title, translation }) =>
      translation.ok
        ? []
        : translation.problems.map(({ path, message }) => `The rule that ${title} starts with: ${path}: ${message}`),
    ),
  );
  return new Map(
    translations.flatMap(({ name, translation }) =>
      translation.ok ? [[name, JSON.stringify(translation.pattern)] as const] : [],
    ),
  );
}
