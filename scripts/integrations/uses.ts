import { readdirSync } from "node:fs";
import { read } from "./places.ts";

const folders = ["apps/web/src", "packages", "infra"];

/** Where the code, tests apart, names an integration beside its own files: the file, the line and its text. */
export function findUses(root: string, name: string, own: readonly string[]): string[] {
  const used = new RegExp(
    `integrations/${name}(-[a-z-]+)?(\\.ts)?"|\\bintegrations\\.${name}\\b|integrationSecrets\\.${name}\\b|readSettings\\("${name}"\\)|\\bqueues\\.${name}\\b`,
  );
  const besideIt = new RegExp(`from "\\./${name}(-[a-z-]+)?\\.ts"`);
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((file) => `${folder}/${file}`)
      .filter(
        (path) => /\.tsx?$/.test(path) && !/\.test\.ts$|node_modules|\/generated\/|\/testing\/|\.next\//.test(path),
      )
      .filter((path) => !own.includes(path))
      .flatMap((path) =>
        read(root, path)
          .split("\n")
          .flatMap((line, index) => {
            const isUse =
              used.test(line) || (path.startsWith("packages/core/src/integrations/") && besideIt.test(line));
            return isUse ? [`${path}:${index + 1}: ${line.trim()}`] : [];
          }),
      ),
  );
}
