import { readdirSync } from "node:fs";
import { read } from "./places.ts";

const folders = ["apps/web/src", "packages", "infra"];

/** Tests that take an integration for their example. */
export function findTests(root: string, name: string, own: readonly string[]): string[] {
  const mention = new RegExp(`"${name}"|\\b${name}:|integrations\\.${name}\\b|integrations/${name}`);
  return listFiles()
    .filter((path) => path.endsWith(".test.ts") && !own.includes(path))
    .filter((path) => mention.test(read(root, path)));
}

function listFiles(): string[] {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`))
    .filter((path) => /\.tsx?$/.test(path) && !/node_modules|\/generated\/|\.next\//.test(path));
}

/** Where the code, tests apart, names an integration beside its own files: the file, the line and its text. */
export function findUses(root: string, name: string, own: readonly string[]): string[] {
  const used = new RegExp(
    `integrations/${name}(-[a-z-]+)?(\\.ts)?"|\\bintegrations\\.${name}\\b|integrationSecrets\\.${name}\\b|readSettings\\("${name}"\\)|\\bqueues\\.${name}\\b`,
  );
  const besideIt = new RegExp(`from "\\./${name}(-[a-z-]+)?\\.ts"`);
  return listFiles()
    .filter((path) => !/\.test\.ts$|\/testing\//.test(path) && !own.includes(path))
    .flatMap((path) =>
      read(root, path)
        .split("\n")
        .flatMap((line, index) => {
          const isUse = used.test(line) || (path.startsWith("packages/core/src/integrations/") && besideIt.test(line));
          return isUse ? [`${path}:${index + 1}: ${line.trim()}`] : [];
        }),
    );
}
