import { registerHooks } from "node:module";

const ours = new URL("./sns-filter.ts", import.meta.url).href;
const theirs = new URL("./sns/filter.js", import.meta.resolve("fauxqs")).href;

let isInstalled = false;

/**
 * Answers the emulator's import of `sns/filter.js` with `sns-filter.ts`. Call it before the emulator is first imported.
 * The file on disk stays as it is.
 */
export function installFilter(): void {
  if (isInstalled) return;
  isInstalled = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      return resolved.url === theirs ? { ...resolved, url: ours, format: "module-typescript" } : resolved;
    },
  });
}
