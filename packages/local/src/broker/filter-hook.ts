import { registerHooks } from "node:module";

const ours = new URL("./sns-filter.ts", import.meta.url).href;
const theirs = new URL("./sns/filter.js", import.meta.resolve("fauxqs")).href;

let isInstalled = false;

/**
 * From now on the emulator's matcher is ours: whatever it asks its `sns/filter.js` is answered by `sns-filter.ts`. It must be called before the
 * emulator is first imported. The file on disk stays as it is.
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
