// The journeys in a real browser, where there is one.
import { existsSync } from "node:fs";
import { run } from "./run.ts";

const candidates = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const browser = candidates.find((path) => path !== undefined && path !== "" && existsSync(path));

if (browser === undefined) {
  console.log("No Chromium was found, so the browser journeys did not run. Install one, or set CHROMIUM_PATH.");
} else {
  process.exit(run("playwright", ["test", ...process.argv.slice(2)], { CHROMIUM_PATH: browser }));
}
