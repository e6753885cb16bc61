import { createQueueMessaging } from "@eventfork/core/aws";
import { reconcile } from "@eventfork/core/reconcile";
import { createScheduled } from "@eventfork/core/schedules";

export const handler = createScheduled("reconcile", createQueueMessaging, reconcile);
