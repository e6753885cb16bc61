import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** A page of documentation: its path in the repository, and its Markdown. */
export type Page = { path: string; text: string };

const top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

export function readPages(): Page[] {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const paths = [...top, ...docs.filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** What the page shows as code: blocks whole, fenced or indented, and text in a line between backticks. */
export function readCode({ text }: Page): { blocks: string[]; inline: string[] } {
  // Every fence is read, or the end of a drawing would be taken for the beginning of code.
  const fenced = [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```/gm)]
    .filter(([, , language]) => language !== "mermaid")
    .map(([, indent = "", , code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
  const rest = text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, "");
  const indented = [...rest.matchAll(/(?<=\n\n)(?:(?: {4}.*)?\n)+/g)].map(([code]) => code.replaceAll(/^ {4}/gm, ""));
  const inline = [...rest.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return { blocks: [...fenced, ...indented].filter((code) => code.trim() !== ""), inline };
}

const programs = /^(?:npm|npx|node|aws|curl|eventfork|git|source) /;

/** The commands of some code, each in one line, without its comment. */
export function readCommands(code: string): string[] {
  return code
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/ +# .*$/, "").trim())
    .filter((line) => programs.test(line));
}

/** Every command that the pages show, in blocks and in lines, each once a page, with the page's path. */
export function findCommands(pages: readonly Page[]): (readonly [page: string, command: string])[] {
  return pages.flatMap((page) => {
    const { blocks, inline } = readCode(page);
    const commands = new Set([...blocks, ...inline].flatMap(readCommands));
    return [...commands].map((command) => [page.path, command] as const);
  });
}

/** Its links to other places of the repository, and the headings that they name. */
export function readLinks({ text }: Page): { path: string; heading: string | null }[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|srcset)="([^"]+)"/g)];
  return targets
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", heading = null] = target.split("#");
      return { path, heading };
    });
}

/** A page's headings as links name them. */
export function readHeadings({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

const places = /^(?:apps|packages|docs|infra|prisma|scripts|e2e|bench|\.ci|\.githooks)\//;

/** Whether a piece of code is meant as a place in the repository: `packages/core/src/rules`, say; a name to fill in is none. */
export function isPlace(code: string): boolean {
  return places.test(code) && /^[\w./@()[\]-]+$/.test(code);
}
