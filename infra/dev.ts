import { dev } from "./database.ts";
import { sandboxUrl } from "./secrets.ts";

if ($dev) {
  new sst.x.DevCommand("Postgres", {
    dev: { title: "Postgres", command: `npm run dev:database -- ${dev.port} ${dev.database}`, autostart: true },
  });
  new sst.x.DevCommand("Sandbox", {
    dev: { title: "Sandbox", command: `npm run dev:sandbox -- ${new URL(sandboxUrl).port}`, autostart: true },
  });
}
