import { databaseLink, dev } from "./database/database.ts";
import { commonEnvironment, mappings } from "./functions/functions.ts";
import { queueAddresses, topicAddress } from "./messaging/messaging.ts";
import { alertSecrets, sandboxUrl } from "./stage/secrets.ts";
import { url } from "./web/web.ts";

if ($dev) {
  if (!process.env.DATABASE_URL) {
    new sst.x.DevCommand("Postgres", {
      dev: { title: "Postgres", command: `npm run dev:database -- ${dev.port} ${dev.database}`, autostart: true },
    });
  }
  new sst.x.DevCommand("Jobs", {
    dev: { title: "Jobs", command: "npm run worker -- jobs", autostart: true },
    link: [databaseLink, topicAddress, queueAddresses, mappings, ...alertSecrets],
    environment: { ...commonEnvironment, EVENTFORK_BASE_URL: url },
  });
  new sst.x.DevCommand("Sandbox", {
    dev: { title: "Sandbox", command: `npm run dev:sandbox -- ${new URL(sandboxUrl).port}`, autostart: true },
  });
}
