import type { WhyStatus } from "@eventfork/core/rules";
import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";

const looks: Record<WhyStatus, { variant: BadgeVariant; title: string }> = {
  delivered: { variant: "success", title: "Delivered" },
  delivering: { variant: "info", title: "Delivering" },
  retrying: { variant: "warning", title: "Retrying" },
  dead: { variant: "destructive", title: "Dead" },
  waiting: { variant: "info", title: "Waiting" },
  filtered: { variant: "neutral", title: "Filtered out" },
  overdue: { variant: "warning", title: "Overdue" },
  unpublished: { variant: "warning", title: "Not published" },
  unknown: { variant: "neutral", title: "Unknown" },
};

export function WhyBadge({ status }: { status: WhyStatus }) {
  const { variant, title } = looks[status];
  return <Badge variant={variant}>{title}</Badge>;
}
