import type { DeadLetterItem, DeadLetterStatus } from "@eventfork/core/dead-letters";
import { useCallback, useState } from "react";

type State = { of: string; isAll: boolean; statuses: ReadonlyMap<string, DeadLetterStatus> };

export type Chosen = {
  /** Everything that the filter finds, also on other pages, rather than single ones. */
  isAll: boolean;
  /** The single ones, over all pages, each with its status as it was shown. */
  statuses: ReadonlyMap<string, DeadLetterStatus>;
  isChosen: (row: DeadLetterItem) => boolean;
  onChoose: (rows: readonly DeadLetterItem[], isChosen: boolean) => void;
  nameOf: (row: DeadLetterItem) => string;
  chooseAll: () => void;
  clear: () => void;
};

/** What the operator has chosen in the list. Another filter finds other dead letters, so it starts anew. */
export function useChosen(filterText: string): Chosen {
  const nothing: State = { of: filterText, isAll: false, statuses: new Map() };
  const [state, setState] = useState(nothing);
  const current = state.of === filterText ? state : nothing;
  const clear = useCallback(() => setState({ of: filterText, isAll: false, statuses: new Map() }), [filterText]);
  return {
    isAll: current.isAll,
    statuses: current.statuses,
    isChosen: ({ id }) => current.isAll || current.statuses.has(id),
    onChoose: (rows, isChosen) => {
      const statuses = new Map(current.isAll ? [] : current.statuses);
      for (const { id, status } of rows) {
        if (isChosen) statuses.set(id, status);
        else statuses.delete(id);
      }
      setState({ of: filterText, isAll: false, statuses });
    },
    nameOf: ({ eventType, integration, id }) => `${eventType ?? "a message"} for ${integration}, ${id}`,
    chooseAll: () => setState({ of: filterText, isAll: true, statuses: new Map() }),
    clear,
  };
}
