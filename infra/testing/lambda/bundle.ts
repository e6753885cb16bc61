import { createCipheriv } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { repositoryRoot } from "../commands.ts";
import type { FunctionBuild } from "../graph/evaluate.ts";

export type Bundle = { folder: string; handlerFile: string; metafile: Metafile };

/** Bundles a function into a folder without node_modules. Source: sst/sst, pkg/runtime/node/build.go */
export async function bundleFunction({ handler, copyFiles }: FunctionBuild): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-bundle-"));
  const entry = join(repositoryRoot, handler.replace(/\.handler$/, ".ts"));
  const { metafile } = await build({
    entryPoints: [entry],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    metafile: true,
    keepNames: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    mainFields: ["module", "main"],
    external: ["sharp", "pg-native"],
    logLevel: "error",
    banner: {
      js: [
        "import { createRequire as topLevelCreateRequire } from 'module';",
        "const require = topLevelCreateRequire(import.meta.url);",
        'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"',
        "const __filename = topLevelFileUrlToPath(import.meta.url)",
        'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))',
      ].join("\n"),
    },
  });
  for (const { from, to } of copyFiles) cpSync(from, join(folder, to), { recursive: true });
  return { folder, handlerFile: join(folder, basename(entry).replace(/\.ts$/, ".mjs")), metafile };
}

export function measure({ folder, metafile }: Bundle): { total: number; wasm: number } {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => statSync(join(folder, file)));
  const total = files.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0);
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const wasm = inputs
    .filter(([path]) => path.includes(".wasm"))
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  return { total, wasm };
}

export const linkName = (variable: string) =>
  variable.toLowerCase().replace(/(^|_)(.)/g, (_, __, deadLetter: string) => deadLetter.toUpperCase());

/** Writes links beside the bundle; returns the variables that locate them. Source: sst/sst, pkg/runtime */
export function linkResources(folder: string, links: Readonly<Record<string, unknown>>) {
  const key = Buffer.alloc(32, 7);
  const cipher = createCipheriv("aes-256-gcm", key, Buffer.alloc(12, 0));
  const text = JSON.stringify(Object.fromEntries(Object.entries(links).map(([name, value]) => [name, { value }])));
  const encrypted = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  writeFileSync(join(folder, "resource.enc"), encrypted);
  return {
    SST_KEY: key.toString("base64"),
    SST_KEY_FILE: "resource.enc",
    SST_RESOURCE_App: JSON.stringify({ name: "eventfork", stage: "test" }),
  };
}
