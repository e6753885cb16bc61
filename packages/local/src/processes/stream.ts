import { createMessaging } from "@eventfork/core/platform/fan-out";
import { createSystemCtx } from "@eventfork/core/platform/schedules";
import { startStream } from "../demo/index.ts";
import { runProcess } from "./run.ts";

const [sandbox = ""] = process.argv.slice(2);

await runProcess("stream", async () =>
  startStream({ ...createSystemCtx("stream"), messaging: createMessaging() }, sandbox),
);
