import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";

const outcomes: Readonly<Record<string, { title: string; variant: BadgeVariant }>> = {
  delivered: { title: "Delivered", variant: "success" },
  retry: { title: "To be tried again", variant: "warning" },
  rejected: { title: "Rejected", variant: "destructive" },
  exhausted: { title: "Failed for the last time", variant: "destructive" },
  credentials: { title: "Credentials refused", variant: "warning" },
};

export function AttemptOutcome({ outcome }: { outcome: string }) {
  const { title, variant } = outcomes[outcome] ?? { title: outcome, variant: "neutral" };
  return <Badge variant={variant}>{title}</Badge>;
}
