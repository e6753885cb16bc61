import { places } from "@/components/admin/places.ts";

type Shortcut = { keys: readonly string[]; does: string };

export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

export const paletteKey = "k";

/** Can be switched off: speech input presses single keys. */
export const singleKeys: readonly Shortcut[] = [
  { keys: ["/"], does: "Search this page" },
  { keys: ["j"], does: "Next row of the list" },
  { keys: ["k"], does: "The row before" },
  { keys: ["Enter"], does: "Open the row" },
  { keys: ["?"], does: "Show these shortcuts" },
  ...places.map(({ key, title }) => ({ keys: ["g", key], does: `Go to ${title}` })),
];

const fields = "input, textarea, select, [contenteditable], [role=combobox], [role=textbox]";

/** A key belongs to the field that is typed into, or to an open dialog. */
export function isTaken({ target }: KeyboardEvent): boolean {
  if (target instanceof Element && target.closest(fields) !== null) return true;
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}

const rows = "#content [data-row]";

export function moveToRow(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(rows)].filter((row) => row.querySelector("a") !== null);
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? all[step === 1 ? 0 : all.length - 1] : all[at + step];
  const link = next?.querySelector("a");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

/** False where the page has no search field. */
export function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("#content input[type=search]");
  field?.focus();
  field?.select();
  return field !== null;
}
