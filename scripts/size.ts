import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const width = 120;
const isCounted = (path: string) => /\.tsx?$/.test(path) && !/\.(test|spec)\.tsx?$|(^|\/)testing\//.test(path);

const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });

function countLines(text: string): number {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules/@eventfork"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const [revision] = process.argv.slice(2);
const files = (revision === undefined ? git("ls-files") : git("ls-tree", "-r", "--name-only", revision))
  .split("\n")
  .filter(isCounted);
const read = (path: string) =>
  revision === undefined ? readFileSync(path, "utf8") : git("show", `${revision}:${path}`);
const counts = files.map((path) => ({ part: path.split("/").slice(0, 2).join("/"), lines: countLines(read(path)) }));

const byPart = Map.groupBy(counts, ({ part }) => part);
for (const [part, of] of byPart) {
  if (of.length > 1) console.log(`${String(of.reduce((sum, { lines }) => sum + lines, 0)).padStart(7)}  ${part}`);
}
console.log(`${String(counts.reduce((sum, { lines }) => sum + lines, 0)).padStart(7)}  lines in ${files.length} files`);

const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { link?: boolean }> };
const locked = Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && !link);
console.log(`${String(locked.length).padStart(7)}  packages in the lock file, of every platform`);
if (revision === undefined) {
  const installed = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")) as { packages: object };
  const count = Object.values(installed.packages).filter(({ link }) => !link).length;
  console.log(
    `${String(count).padStart(7)}  packages installed, ${(sizeOf("node_modules") / 1e9).toFixed(2)} GB of files`,
  );
}
