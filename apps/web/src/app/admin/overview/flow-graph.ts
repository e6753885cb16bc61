import { sayCapped, sayNumber } from "@eventfork/core/kernel/numbers";
import type { IntegrationOverview, Overview } from "@eventfork/core/overview";

export type State = "flowing" | "idle" | "slow" | "stuck";

export type FlowBox = { title: string; lines: string[]; state: State; href: string };

const outboxLateSeconds = 60;

export function toFlow({ integrations, outbox, rates, fanOut }: Overview) {
  const isLate = outbox.oldestSeconds >= outboxLateSeconds;
  const hub: FlowBox = {
    title: fanOut,
    lines: [sayRate(rates.accepted), isLate ? `${sayCapped(outbox.depth)} held up in the outbox` : "nothing held up"],
    state: isLate ? "stuck" : stateOf(rates.accepted),
    href: "/admin/events",
  };
  return { hub, rows: integrations.map((integration) => toRow(integration, rates)) };
}

function toRow(integration: IntegrationOverview, { accepted, tries }: Overview["rates"]) {
  const { name, title, ruleVersion, ruleSentence, queue, pausedAt, counts } = integration;
  const { delivered, failed } = tries[name] ?? { delivered: 0, failed: 0 };
  const passing = stateOf(delivered + failed);
  const isPaused = pausedAt !== null;
  const isWaiting = (queue?.waiting ?? 0) > 0;
  const retrying = counts.retrying > 0 ? `${sayCapped(counts.retrying)} retrying` : "nothing retrying";
  const rule: FlowBox = {
    title: `Rule ${ruleVersion}`,
    lines: [`${ruleSentence}.`],
    state: stateOf(accepted),
    href: `/admin/rules/${name}`,
  };
  const queueBox: FlowBox = {
    title: "Queue",
    lines:
      queue === null
        ? ["unknown", "SQS does not answer"]
        : [`${sayNumber(queue.waiting)} waiting`, `${sayNumber(queue.inFlight)} in flight`],
    state: isWaiting ? (isPaused ? "stuck" : "slow") : passing,
    href: `/admin/deliveries?integration=${name}`,
  };
  const tool: FlowBox = {
    title,
    lines: [sayRate(delivered), isPaused ? "paused" : retrying],
    state: isPaused ? "stuck" : failed > 0 ? "slow" : stateOf(delivered),
    href: `#${name}`,
  };
  return {
    name,
    rule,
    passing,
    queue: queueBox,
    failing: failed > 0 ? `${sayNumber(failed)} fail a minute` : "",
    tool,
  };
}

const stateOf = (rate: number): State => (rate > 0 ? "flowing" : "idle");

const sayFew = (rate: number) => (rate > 0 && rate < 1 ? "under 1" : sayNumber(Math.round(rate)));
const sayRate = (rate: number) => `${sayFew(rate)} a minute`;
