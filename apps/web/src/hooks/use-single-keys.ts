import { useSyncExternalStore } from "react";

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
export function areSingleKeysOn(): boolean {
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
