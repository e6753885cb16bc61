import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent } from "react";
import { places } from "@/components/admin/places.ts";
import { areSingleKeysOn } from "@/hooks/use-single-keys.ts";
import { focusSearch, isApple, isTaken, moveToRow, paletteKey } from "./shortcuts.ts";

/** How long `g` waits for the next key. */
const chordMs = 1_500;

export function useShortcuts({ openPalette, openHelp }: { openPalette: () => void; openHelp: () => void }): void {
  const router = useRouter();
  const press = useEffectEvent((key: string, isAfterG: boolean): boolean => {
    const place = isAfterG ? places.find((one) => one.key === key) : undefined;
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
