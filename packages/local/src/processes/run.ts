import { createLogger, type Logger, logUnhandledRejections, messageOf } from "@eventfork/core/platform";
import { flushTraces } from "@eventfork/core/platform/tracing";

export async function runProcess(name: string, start: (log: Logger) => Promise<{ stop: () => Promise<unknown> }>) {
  const log = createLogger({ name, level: process.env.LOG_LEVEL ?? "info" });
  logUnhandledRejections(log, { isLambda: false });
  const part = await start(log).catch((error) => {
    log.error({ error: messageOf(error) }, "could not start");
    process.exit(1);
  });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    let exitCode = 0;
    try {
      await part.stop();
    } catch (error) {
      log.error({ error: messageOf(error) }, "did not stop cleanly");
      exitCode = 1;
    }
    await flushTraces();
    process.exit(exitCode);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  process.send?.("ready");
}
