/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app(input) {
    const { readStageAloud } = await import("./infra/stage/stage.ts");
    const { isPermanent, region } = readStageAloud(input.stage, process.env);
    return {
      name: "eventfork",
      home: "aws",
      removal: isPermanent ? "retain" : "remove",
      protect: isPermanent,
      providers: { aws: { region } },
    };
  },
  async run() {
    await import("./infra/stage/secrets.ts");
    await import("./infra/stage/account.ts");
    await import("./infra/messaging/messaging.ts");
    const { grant } = await import("./infra/functions/functions.ts");
    await import("./infra/functions/schedule.ts");
    const { url } = await import("./infra/web/web.ts");
    await import("./infra/observability/alarms.ts");
    await import("./infra/observability/dashboard.ts");
    await import("./infra/dev.ts");
    return { url, grant: grant.name };
  },
});
