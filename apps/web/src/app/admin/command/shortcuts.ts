import { places } from "@/components/admin/places.ts";

type Shortcut = { keys: readonly string[]; does: string };

/** ⌘ on Apple's keyboards, Ctrl on all others. */
export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

export const paletteKey = "k";

/** Shortcuts of one key, or of one after another; they can be switched off. */
export const singleKeys: readonly Shortcut[] = [
  { keys: ["/"], does: "Search this page" },
  { keys: ["j"], does: "Next row of the list" },
  { keys: ["k"], does: "The row before" },
  { keys: ["Enter"], does: "Open the row" },
  { keys: ["?"], does: "Show these shortcuts" },
  ...places.map(({ key, title }) => ({ keys: ["g", key], does: `Go to ${title}` })),
];

const fields = "input, textarea, select, [contenteditable], [role=combobox], [role=textbox]";

/** Whether a key belongs to somebody else: to a field that is typed into, or to a dialog. */
export function isTaken({ target }: KeyboardEvent): boolean {
  if (target instanceof Element && target.closest(fields) !== null) return true;
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}

const rows = "#content [data-row]";

/** Moves the focus to the link of the row after (`1`) or before (`-1`) the one that has it. */
export function moveToRow(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(rows)].filter((row) => row.querySelector("a") !== null);
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? all[step === 1 ? 0 : all.length - 1] : all[at + step];
  const link = next?.querySelector("a");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

/** Puts the focus into the page's own search field; false where it has none. */
export function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("#content input[type=search]");
  field?.focus();
  field?.select();
  return field !== null;
}
