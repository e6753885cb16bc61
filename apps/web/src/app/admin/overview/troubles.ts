import { sayCapped } from "@eventfork/core/kernel/numbers";
import type { IntegrationOverview, Overview } from "@eventfork/core/overview";

export type Trouble = { text: string; href: string; isBroken: boolean };

/** An older outbox is not merely between two publishes. */
const outboxLateSeconds = 60;

export function findTroubles({ integrations, outbox, heldReplays, fanOut }: Overview): Trouble[] {
  const isBrokerSilent = integrations.some(({ queue }) => queue === null);
  const isLate = outbox.oldestSeconds >= outboxLateSeconds;
  const troubles = [
    ...integrations.flatMap(troublesOf),
    isBrokerSilent && broken("SQS does not answer", "/admin/system"),
    isLate && broken(`The ${fanOut} has not accepted events for more than a minute`, "#outbox"),
    outbox.setAside.count > 0 && degraded("Events are quarantined in the outbox", "#outbox"),
    ...heldReplays.map(({ id, state }) =>
      degraded(state === "paused" ? "A replay is paused" : "A replay waits", `/admin/replays/${id}`),
    ),
  ].filter((trouble) => trouble !== false);
  return troubles.toSorted((one, other) => Number(other.isBroken) - Number(one.isBroken));
}

function troublesOf(integration: IntegrationOverview) {
  const { name, title, pausedAt, counts, openDeadLetters, overdue, disagreement } = integration;
  const say = (count: number, one: string, many: string) => `${sayCapped(count)} ${count === 1 ? one : many}`;
  const retrying = `${title} is retrying ${say(counts.retrying, "delivery", "deliveries")}`;
  const dead = `${title} has ${say(openDeadLetters, "dead letter", "dead letters")}`;
  const late = `${title} has ${say(overdue, "overdue delivery", "overdue deliveries")}`;
  return [
    pausedAt !== null && broken(`${title} is paused`, `#${name}`),
    overdue > 0 && broken(late, `#${name}`),
    disagreement !== null && broken(`${title}'s queue and deliveries disagree`, `#${name}`),
    counts.retrying > 0 && degraded(retrying, `/admin/deliveries?integration=${name}&status=retrying`),
    openDeadLetters > 0 && degraded(dead, `/admin/dead-letters?integration=${name}`),
  ];
}

const broken = (text: string, href: string): Trouble => ({ text, href, isBroken: true });
const degraded = (text: string, href: string): Trouble => ({ text, href, isBroken: false });
