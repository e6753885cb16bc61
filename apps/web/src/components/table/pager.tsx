import { ChevronLeftIcon, ChevronRightIcon } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";

type PagerProps = {
  isFirst: boolean;
  next: string | null;
  onMove: (cursor: string | null) => void;
  order?: "time" | "sequence" | undefined;
  label?: string;
};

const words = { time: { first: "Newest", next: "Older" }, sequence: { first: "First", next: "Next" } };

export function Pager({ isFirst, next, onMove, order = "time", label = "Pages" }: PagerProps) {
  if (isFirst && next === null) return null;
  return (
    <nav aria-label={label} className="flex justify-between gap-2">
      <Button variant="outline" size="sm" disabled={isFirst} onClick={() => onMove(null)}>
        <ChevronLeftIcon aria-hidden />
        {words[order].first}
      </Button>
      <Button variant="outline" size="sm" disabled={next === null} onClick={() => onMove(next)}>
        {words[order].next}
        <ChevronRightIcon aria-hidden />
      </Button>
    </nav>
  );
}
