import type { DeadLetterStatus } from "@eventfork/core/dead-letters";
import type { DeliveryStatus } from "@eventfork/core/deliveries";
import { ArchiveXIcon, CheckIcon, InboxIcon, LoaderIcon, type LucideIcon, RotateCwIcon, SkullIcon } from "lucide-react";
import { Badge, type BadgeVariant } from "@/components/ui/badge.tsx";

type Look = { title: string; variant: BadgeVariant; icon: LucideIcon };

export const deliveryLooks: Readonly<Record<DeliveryStatus, Look>> = {
  delivering: { title: "Delivering", variant: "info", icon: LoaderIcon },
  retrying: { title: "Retrying", variant: "warning", icon: RotateCwIcon },
  delivered: { title: "Delivered", variant: "success", icon: CheckIcon },
  dead: { title: "Dead", variant: "destructive", icon: SkullIcon },
};

export const deadLetterLooks: Readonly<Record<DeadLetterStatus, Look>> = {
  open: { title: "Open", variant: "destructive", icon: InboxIcon },
  replaying: { title: "Replaying", variant: "info", icon: RotateCwIcon },
  resolved: { title: "Resolved", variant: "success", icon: CheckIcon },
  discarded: { title: "Discarded", variant: "neutral", icon: ArchiveXIcon },
};

export function StatusBadge({ look: { title, variant, icon: Icon } }: { look: Look }) {
  return (
    <Badge variant={variant}>
      <Icon aria-hidden className="size-3" />
      {title}
    </Badge>
  );
}
