import { useSyncExternalStore } from "react";

const subscribe = () => () => {};

/** False on the server and in the first render of its HTML, true from then on: for what only the browser knows. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
