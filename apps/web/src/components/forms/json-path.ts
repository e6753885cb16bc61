import { jsonLanguage } from "@codemirror/lang-json";
import type { SyntaxNode } from "@lezer/common";

export type TextSpan = { from: number; to: number };

export function locatePath(text: string, path: string): TextSpan {
  let node = jsonLanguage.parser.parse(text).topNode.firstChild;
  let span = spanOf(node, text);
  for (const key of path === "" ? [] : path.split(".")) {
    const found = findChild(node, key, text);
    if (found === null) break;
    span = spanOf(found.getChild("PropertyName") ?? found, text);
    node = found.name === "Property" ? found.lastChild : found;
    if (found.name === "Property" && node !== null && isScalar(node)) span = spanOf(node, text);
  }
  return span;
}

function findChild(node: SyntaxNode | null, key: string, text: string): SyntaxNode | null {
  if (node?.name === "Object") {
    const properties = node.getChildren("Property");
    const isNamed = (property: SyntaxNode) => {
      const name = property.getChild("PropertyName");
      return name !== null && text.slice(name.from, name.to) === JSON.stringify(key);
    };
    return properties.find(isNamed) ?? null;
  }
  if (node?.name !== "Array") return null;
  const values: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!["[", "]", ","].includes(child.name)) values.push(child);
  }
  return values[Number(key)] ?? null;
}

function isScalar({ name }: SyntaxNode): boolean {
  return name !== "Object" && name !== "Array";
}

function spanOf(node: SyntaxNode | null, text: string): TextSpan {
  if (node === null) return { from: 0, to: text.length };
  return { from: node.from, to: isScalar(node) ? node.to : Math.min(node.from + 1, text.length) };
}
