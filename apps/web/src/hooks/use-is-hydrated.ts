import { useDeferredValue, useSyncExternalStore } from "react";

const subscribe = () => () => {};

/**
 * False on the server and while its HTML hydrates, then true, as a deferred render that yields to input. A first render
 * in the browser has it at once.
 */
export function useIsHydrated(): boolean {
  const isHydrated = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  return useDeferredValue(isHydrated);
}
