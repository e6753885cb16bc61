import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { navItems } from "@/components/layout/navigation.ts";

type Shortcut = { keys: readonly string[]; does: string };

export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

const paletteKey = "k";

export const singleKeys: readonly Shortcut[] = [
  { keys: ["/"], does: "Search this page" },
  { keys: ["j"], does: "Next row of the list" },
  { keys: ["k"], does: "The row before" },
  { keys: ["Enter"], does: "Open the row" },
  { keys: ["?"], does: "Show these shortcuts" },
  ...navItems.map(({ key, title }) => ({ keys: ["g", key], does: `Go to ${title}` })),
];

const fields = "input, textarea, select, [contenteditable], [role=combobox], [role=textbox]";

function isTaken({ target }: KeyboardEvent): boolean {
  if (target instanceof Element && target.closest(fields) !== null) return true;
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}

const rows = "#content [data-row]";

function moveToRow(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(rows)].filter((row) => row.querySelector("a") !== null);
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? all[step === 1 ? 0 : all.length - 1] : all[at + step];
  const link = next?.querySelector("a");
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("#content input[type=search]");
  field?.focus();
  field?.select();
  return field !== null;
}

const chordMs = 1_500;

export function useShortcuts({ openPalette, openHelp }: { openPalette: () => void; openHelp: () => void }): void {
  const router = useRouter();
  const press = useEffectEvent((key: string, isAfterG: boolean): boolean => {
    const place = isAfterG ? navItems.find((one) => one.key === key) : undefined;
    const single: Readonly<Record<string, () => void>> = {
      "/": () => focusSearch() || openPalette(),
      "?": openHelp,
      j: () => moveToRow(1),
      k: () => moveToRow(-1),
    };
    const act = place === undefined ? single[key] : () => router.push(place.href);
    act?.();
    return act !== undefined;
  });
  const open = useEffectEvent(openPalette);

  useEffect(() => {
    let gAt = Number.NEGATIVE_INFINITY;
    function hear(event: KeyboardEvent): void {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      const isMod = isApple() ? metaKey : ctrlKey;
      if (isMod && !altKey && !shiftKey && key.toLowerCase() === paletteKey) {
        event.preventDefault();
        open();
        return;
      }
      if (ctrlKey || metaKey || altKey || event.isComposing || isTaken(event) || !areSingleKeysOn()) return;
      const isAfterG = event.timeStamp - gAt < chordMs;
      gAt = key === "g" && !isAfterG ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (press(key, isAfterG)) event.preventDefault();
    }
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
}

const storageKey = "eventfork.single-keys";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** Source: WCAG 2.2, 2.1.4: speech input must be able to switch single keys off. */
function areSingleKeysOn(): boolean {
  return localStorage.getItem(storageKey) !== "off";
}

export function useSingleKeys(): [areOn: boolean, set: (areOn: boolean) => void] {
  const areOn = useSyncExternalStore(subscribe, areSingleKeysOn, () => true);
  function set(next: boolean): void {
    localStorage.setItem(storageKey, next ? "on" : "off");
    for (const listener of listeners) listener();
  }
  return [areOn, set];
}
