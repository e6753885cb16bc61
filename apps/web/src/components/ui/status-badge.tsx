import type { DeadLetterStatus } from "@eventfork/core/dead-letters";
import type { DeliveryStatus } from "@eventfork/core/deliveries";
import type { ReplayItemState, ReplayState } from "@eventfork/core/replays";
import {
  ArchiveXIcon,
  BanIcon,
  CheckIcon,
  CirclePauseIcon,
  ClockIcon,
  HourglassIcon,
  InboxIcon,
  LoaderIcon,
  type LucideIcon,
  RotateCwIcon,
  SendIcon,
  SkipForwardIcon,
  SkullIcon,
  TriangleAlertIcon,
} from "lucide-react";
import { Badge, type BadgeVariant } from "./badge.tsx";

type StatusStyle = { title: string; variant: BadgeVariant; icon: LucideIcon };

export const deliveryStatusStyles: Readonly<Record<DeliveryStatus, StatusStyle>> = {
  retrying: { title: "Retrying", variant: "warning", icon: RotateCwIcon },
  delivered: { title: "Delivered", variant: "success", icon: CheckIcon },
  dead: { title: "Dead-lettered", variant: "destructive", icon: SkullIcon },
};

export const deadLetterStatusStyles: Readonly<Record<DeadLetterStatus, StatusStyle>> = {
  open: { title: "Open", variant: "destructive", icon: InboxIcon },
  replaying: { title: "Replaying", variant: "info", icon: RotateCwIcon },
  resolved: { title: "Resolved", variant: "success", icon: CheckIcon },
  discarded: { title: "Discarded", variant: "neutral", icon: ArchiveXIcon },
};

export const replayStatusStyles: Readonly<Record<ReplayState, StatusStyle>> = {
  running: { title: "Running", variant: "info", icon: LoaderIcon },
  waiting: { title: "Waiting", variant: "warning", icon: HourglassIcon },
  paused: { title: "Paused", variant: "warning", icon: CirclePauseIcon },
  completed: { title: "Completed", variant: "success", icon: CheckIcon },
  completed_with_failures: { title: "Completed with failures", variant: "destructive", icon: TriangleAlertIcon },
  cancelled: { title: "Canceled", variant: "neutral", icon: BanIcon },
  stopped: { title: "Stopped (canary failed)", variant: "destructive", icon: TriangleAlertIcon },
};

export const replayItemStatusStyles: Readonly<Record<ReplayItemState, StatusStyle>> = {
  pending: { title: "Pending", variant: "neutral", icon: ClockIcon },
  sending: { title: "Sending", variant: "info", icon: LoaderIcon },
  sent: { title: "Sent", variant: "info", icon: SendIcon },
  delivered: { title: "Delivered", variant: "success", icon: CheckIcon },
  failed: { title: "Failed", variant: "destructive", icon: SkullIcon },
  skipped: { title: "Skipped", variant: "neutral", icon: SkipForwardIcon },
  cancelled: { title: "Canceled", variant: "neutral", icon: BanIcon },
};

export function statusStyle(styles: Readonly<Record<string, StatusStyle>>, word: string): StatusStyle {
  return styles[word] ?? { title: word, variant: "neutral", icon: ClockIcon };
}

export function StatusBadge({ style: { title, variant, icon: Icon } }: { style: StatusStyle }) {
  return (
    <Badge variant={variant}>
      <Icon aria-hidden className="size-3" />
      {title}
    </Badge>
  );
}
