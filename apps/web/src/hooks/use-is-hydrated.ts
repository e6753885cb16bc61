import { useDeferredValue, useSyncExternalStore } from "react";

const subscribe = () => () => {};

/** False until hydrated. Turns true in a deferred render, which yields to input. */
export function useIsHydrated(): boolean {
  const isHydrated = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  return useDeferredValue(isHydrated);
}
