import { findBrowser, runProgram } from "./programs.ts";

const browser = findBrowser();

if (browser === undefined) {
  console.log("No Chromium was found, so the browser journeys did not run. Install one, or set CHROMIUM_PATH.");
} else {
  process.exit(runProgram("playwright", ["test", ...process.argv.slice(2)], { CHROMIUM_PATH: browser }));
}
