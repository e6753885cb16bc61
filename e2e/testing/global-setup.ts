import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isWebBuilt } from "../../infra/testing/web.ts";

/** Builds the web app once, for the journeys that take it as it is deployed; what the infrastructure's tests have built will do. */
export default function build(): void {
  if (isWebBuilt()) return;
  const cwd = fileURLToPath(new URL("../../apps/web", import.meta.url));
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  execFileSync("npm", ["run", "build"], { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
}
