import type { ExplainedStatus } from "@eventfork/core/rules";
import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";

const styles: Record<ExplainedStatus, { variant: BadgeVariant; title: string }> = {
  delivered: { variant: "success", title: "Delivered" },
  delivering: { variant: "info", title: "Delivering" },
  retrying: { variant: "warning", title: "Retrying" },
  dead: { variant: "destructive", title: "Dead-lettered" },
  waiting: { variant: "info", title: "Pending" },
  filtered: { variant: "neutral", title: "Filtered out" },
  overdue: { variant: "warning", title: "Overdue" },
  unpublished: { variant: "warning", title: "Not published" },
  unknown: { variant: "neutral", title: "Unknown" },
};

export function WhyBadge({ status }: { status: ExplainedStatus }) {
  const { variant, title } = styles[status];
  return <Badge variant={variant}>{title}</Badge>;
}

const outcomes: Readonly<Record<string, { title: string; variant: BadgeVariant }>> = {
  delivered: { title: "Delivered", variant: "success" },
  retry: { title: "Failed (will retry)", variant: "warning" },
  rejected: { title: "Rejected", variant: "destructive" },
  exhausted: { title: "Attempts exhausted", variant: "destructive" },
  credentials: { title: "Credentials rejected", variant: "warning" },
};

export function AttemptOutcome({ outcome }: { outcome: string }) {
  const { title, variant } = outcomes[outcome] ?? { title: outcome, variant: "neutral" };
  return <Badge variant={variant}>{title}</Badge>;
}
