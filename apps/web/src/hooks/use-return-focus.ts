import { useRef } from "react";

type Handlers = {
  onOpenAutoFocus?: ((event: Event) => void) | undefined;
  onCloseAutoFocus?: ((event: Event) => void) | undefined;
};

/** Gives the focus back to what had it when a dialog opened. Radix does so for a dialog's trigger alone, and some have none. */
export function useReturnFocus({ onOpenAutoFocus, onCloseAutoFocus }: Handlers): Required<Handlers> {
  const opener = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      opener.current = document.activeElement;
      onOpenAutoFocus?.(event);
    },
    onCloseAutoFocus: (event) => {
      const { current } = opener;
      if (current instanceof HTMLElement && current.isConnected && current !== document.body) {
        event.preventDefault();
        current.focus();
      }
      onCloseAutoFocus?.(event);
    },
  };
}
