import { reconcile } from "@eventfork/core/reconcile";
import { createScheduled } from "@eventfork/core/schedules";

export const handler = createScheduled("reconcile", reconcile);
