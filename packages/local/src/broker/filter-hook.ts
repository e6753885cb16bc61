import { registerHooks } from "node:module";

const fauxqs = import.meta.resolve("fauxqs");
const ours = new URL("./sns-filter.ts", import.meta.url).href;
const theirs = new URL("./sns/filter.js", fauxqs).href;
const sqsTypes = new URL("./sqs/sqsTypes.js", fauxqs).href;

/** The emulator's expression refuses characters beyond the basic plane; SQS accepts them. */
const theirCharacters = String.raw`/[^\x09\x0A\x0D\x20-\uD7FF\uE000-\uFFFD]/;`;
const sqsCharacters = String.raw`/[^\x09\x0A\x0D\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;`;

let isInstalled = false;

/** Call it before the emulator's first import. */
export function installFilter(): void {
  if (isInstalled) return;
  isInstalled = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      return resolved.url === theirs ? { ...resolved, url: ours, format: "module-typescript" } : resolved;
    },
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== sqsTypes) return loaded;
      const source = String(loaded.source);
      if (!source.includes(theirCharacters))
        throw new Error("The emulator checks characters in another way: look at sqsTypes.js.");
      return { ...loaded, source: source.replace(theirCharacters, () => sqsCharacters) };
    },
  });
}
