import { ChevronLeftIcon, ChevronRightIcon } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";

type PagerProps = { isFirst: boolean; next: string | null; onMove: (cursor: string | null) => void };

/** Pages of a list that is sorted by time: back to the newest, or on to what is older. */
export function Pager({ isFirst, next, onMove }: PagerProps) {
  if (isFirst && next === null) return null;
  return (
    <nav aria-label="Pages" className="flex justify-between gap-2">
      <Button variant="outline" size="sm" disabled={isFirst} onClick={() => onMove(null)}>
        <ChevronLeftIcon aria-hidden />
        Newest
      </Button>
      <Button variant="outline" size="sm" disabled={next === null} onClick={() => onMove(next)}>
        Older
        <ChevronRightIcon aria-hidden />
      </Button>
    </nav>
  );
}
