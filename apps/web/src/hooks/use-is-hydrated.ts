import { useDeferredValue, useSyncExternalStore } from "react";

const subscribe = () => () => {};

/**
 * False on the server and in the first render of its HTML, true soon after: for what only the browser knows. What it brings is rendered
 * piece by piece, behind whatever somebody does meanwhile. What is first rendered in the browser has it at once.
 */
export function useIsHydrated(): boolean {
  const isHydrated = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  return useDeferredValue(isHydrated);
}
