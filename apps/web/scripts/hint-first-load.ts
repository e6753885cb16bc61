// After `next build`: asks browsers to compile the scripts that pages begin with while they load them, all at once and off the
// page's own thread. V8 compiles a function when it is first called otherwise, and nearly all of these are called at the start.
// See docs/adr/0007-compile-hints.md.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Chrome has it from version 136 on; to the others it is a comment. Source: v8.dev/blog/explicit-compile-hints. */
const hint = "//# allFunctionsCalledOnLoad\n";

const build = join(import.meta.dirname, "../.next");
const server = join(build, "server");

/** What names the scripts of pages: the App Router's, one for each page, and the Pages Router's with what both begin with. */
const manifests = [
  ...readdirSync(server, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_client-reference-manifest.js"))
    .map((file) => join(server, file)),
  join(build, "build-manifest.json"),
];
const named = manifests.flatMap((file) => readFileSync(file, "utf8").match(/static\/chunks\/[^"'\\]+?\.js/g) ?? []);
const scripts = new Set(named);
if (manifests.length === 1 || scripts.size === 0)
  throw new Error("Next's manifests do not name pages' scripts any more.");

for (const script of scripts) {
  const file = join(build, script);
  const text = readFileSync(file, "utf8");
  if (!text.startsWith(hint)) writeFileSync(file, hint + text);
}
console.log(`${scripts.size} scripts are compiled as they load.`);
