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

/** Whether shortcuts of one key are on in this browser. Source: WCAG 2.2, 2.1.4: who speaks to their computer has to be able to switch them off. */
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
