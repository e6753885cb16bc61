import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Builds the web app once, for the journeys that take it as it is deployed. */
export default function build(): void {
  const cwd = fileURLToPath(new URL("../../apps/web", import.meta.url));
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  execFileSync("npm", ["run", "build"], { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
}
