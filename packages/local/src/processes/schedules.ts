import { listOn } from "@eventfork/core/platform/aws";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { handler as reconcile } from "@eventfork/functions/reconcile";
import { handler as relay } from "@eventfork/functions/relay";
import { briefHandler as replay } from "@eventfork/functions/replay";
import { startArchive } from "@eventfork/worker/consumers";
import { startSchedule } from "@eventfork/worker/schedules";
import { localLongPollSeconds } from "../env/index.ts";
import { runProcess } from "./run.ts";

const relayEverySeconds = 2;
const reconcileEverySeconds = 60;
const replayEverySeconds = 1;

await runProcess("schedules", async (log) => {
  const messaging = createMessaging();
  const parts = [
    startSchedule({ name: "relay", everySeconds: relayEverySeconds, job: relay, log }),
    startSchedule({ name: "replay", everySeconds: replayEverySeconds, job: replay, log }),
    startSchedule({ name: "reconcile", everySeconds: reconcileEverySeconds, job: reconcile, log }),
    ...(await Promise.all(
      listOn(messaging).map((name) => startArchive(name, { messaging, log, longPollSeconds: localLongPollSeconds })),
    )),
  ];
  return { stop: () => Promise.all(parts.map((part) => part.stop())) };
});
