import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../..", import.meta.url));

export type Page = { path: string; text: string };

const top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

export function readPages(): Page[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const paths = [...top, ...docs.filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function readCode({ text }: Page): { blocks: string[]; inline: string[] } {
  const fenced = [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```/gm)]
    .filter(([, , language]) => language !== "mermaid")
    .map(([, indent = "", , code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
  const rest = text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, "");
  const indented = [...rest.matchAll(/(?<=\n\n)(?:(?: {4}.*)?\n)+/g)].map(([code]) => code.replaceAll(/^ {4}/gm, ""));
  const inline = [...rest.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return { blocks: [...fenced, ...indented].filter((code) => code.trim() !== ""), inline };
}

const programs = /^(?:npm|npx|node|aws|curl|eventfork|git|source) /;

export function readCommands(code: string): string[] {
  return code
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/ +# .*$/, "").trim())
    .filter((line) => programs.test(line));
}

export function findCommands(pages: readonly Page[]): (readonly [page: string, command: string])[] {
  return pages.flatMap((page) => {
    const { blocks, inline } = readCode(page);
    const commands = new Set([...blocks, ...inline].flatMap(readCommands));
    return [...commands].map((command) => [page.path, command] as const);
  });
}

export function readPageLinks({ text }: Page): { path: string; heading: string | null }[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|srcset)="([^"]+)"/g)];
  return targets
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", heading = null] = target.split("#");
      return { path, heading };
    });
}

export function readHeadings({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

const places = /^(?:apps|packages|docs|infra|prisma|scripts|e2e|bench|\.ci|\.githooks)\//;

export function isPlace(code: string): boolean {
  return places.test(code) && /^[\w./@()[\]-]+$/.test(code);
}
