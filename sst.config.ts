/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app(input) {
    const { readStageAloud } = await import("./infra/stage.ts");
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
    await import("./infra/secrets.ts");
    await import("./infra/account.ts");
    await import("./infra/messaging.ts");
    const { grant } = await import("./infra/functions.ts");
    await import("./infra/schedule.ts");
    const { url } = await import("./infra/web.ts");
    await import("./infra/alarms.ts");
    await import("./infra/dashboard.ts");
    await import("./infra/dev.ts");
    return { url, grant: grant.name };
  },
});
