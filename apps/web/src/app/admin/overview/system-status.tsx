import type { IntegrationOverview, Overview } from "@eventfork/core/overview";
import { formatCapped } from "@eventfork/core/platform/text/numbers";
import { CircleCheckIcon, CircleXIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import { cn } from "@/lib/utils.ts";

const styles = {
  well: {
    icon: CircleCheckIcon,
    title: "All systems operational",
    className: "border-success/25 bg-success/6",
    fill: "text-success",
  },
  degraded: {
    icon: TriangleAlertIcon,
    title: "Degraded",
    className: "border-warning/30 bg-warning/8",
    fill: "text-warning",
  },
  broken: {
    icon: CircleXIcon,
    title: "Action required",
    className: "border-destructive/30 bg-destructive/6",
    fill: "text-destructive",
  },
};

export function SystemStatus({ issues }: { issues: readonly SystemIssue[] }) {
  const [worst] = issues;
  const style = styles[worst === undefined ? "well" : worst.isBroken ? "broken" : "degraded"];
  return (
    <section aria-label="System status" className={cn("flex gap-3 rounded-xl border px-5 py-4", style.className)}>
      <style.icon aria-hidden className={cn("mt-0.5 size-5 shrink-0", style.fill)} />
      <div className="min-w-0">
        <p className="font-semibold">{style.title}</p>
        {issues.length > 0 && (
          <ul className="mt-1 flex flex-col gap-1 text-sm">
            {issues.map(({ text, href }) => (
              <li key={text + href}>
                <Link href={href} prefetch={false} className="rounded-sm underline-offset-4 hover:underline">
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

type SystemIssue = { text: string; href: string; isBroken: boolean };

export const outboxLateSeconds = 60;

export function findSystemIssues({ integrations, missing, outbox, heldReplays, fanOut }: Overview): SystemIssue[] {
  const hasNoQueue = (name: string) =>
    missing.some(({ integration, resource }) => integration === name && resource.endsWith("queue"));
  const isBrokerSilent = integrations.some(({ name, queue }) => queue === null && !hasNoQueue(name));
  const isLate = outbox.oldestSeconds >= outboxLateSeconds;
  const issues = [
    ...missing.map(({ text }) => broken(text.slice(0, -1), "#missing")),
    ...integrations.flatMap(issuesOf),
    isBrokerSilent && broken("SQS does not answer", "/admin/system"),
    isLate && broken(`The ${fanOut} has not accepted events for more than a minute`, "#outbox"),
    outbox.quarantined.count > 0 && degraded("Events are quarantined in the outbox", "#outbox"),
    ...heldReplays.map(({ id, state }) =>
      degraded(state === "paused" ? "A replay is paused" : "A replay waits", `/admin/replays/${id}`),
    ),
  ].filter((issue) => issue !== false);
  return issues.toSorted((one, other) => Number(other.isBroken) - Number(one.isBroken));
}

function issuesOf(integration: IntegrationOverview) {
  const { name, title, pausedAt, counts, openDeadLetters, overdue, disagreement } = integration;
  const formatCount = (count: number, one: string, many: string) =>
    `${formatCapped(count)} ${count === 1 ? one : many}`;
  const retrying = `${title} is retrying ${formatCount(counts.retrying, "delivery", "deliveries")}`;
  const dead = `${title} has ${formatCount(openDeadLetters, "dead letter", "dead letters")}`;
  const late = `${title} has ${formatCount(overdue, "overdue delivery", "overdue deliveries")}`;
  return [
    pausedAt !== null && broken(`${title} is paused`, `#${name}`),
    overdue > 0 && broken(late, `#${name}`),
    disagreement !== null && broken(`${title}'s queue and deliveries disagree`, `#${name}`),
    counts.retrying > 0 && degraded(retrying, `/admin/deliveries?integration=${name}&status=retrying`),
    openDeadLetters > 0 && degraded(dead, `/admin/dead-letters?integration=${name}`),
  ];
}

const broken = (text: string, href: string): SystemIssue => ({ text, href, isBroken: true });
const degraded = (text: string, href: string): SystemIssue => ({ text, href, isBroken: false });
