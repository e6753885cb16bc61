import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import type { Chosen } from "./use-chosen.ts";

type SelectionCardProps<Row> = {
  chosen: Chosen<Row>;
  isPageChosen: boolean;
  title: string;
  note: string | null;
  children: ReactNode;
};

const linkClass = "rounded-sm underline underline-offset-4";

export function SelectionCard<Row>({ chosen, isPageChosen, title, note, children }: SelectionCardProps<Row>) {
  if (!chosen.isAll && chosen.rows.size === 0) {
    return (
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-sm">
        Choose some in the list, or
        <Button variant="outline" size="sm" onClick={chosen.chooseAll}>
          Choose everything that this filter finds
        </Button>
      </p>
    );
  }
  return (
    <Card
      role="region"
      aria-label="What is chosen"
      className="sticky top-2 z-10 flex flex-wrap items-center justify-between gap-x-4 gap-y-3 px-4 py-3 shadow-sm"
    >
      <div className="min-w-0 text-sm">
        <p aria-live="polite" className="font-medium">
          {title}
        </p>
        {note !== null && <p className="text-muted-foreground text-xs">{note}</p>}
        <p className="flex flex-wrap gap-x-3 text-xs">
          {!chosen.isAll && isPageChosen && (
            <button type="button" className={linkClass} onClick={chosen.chooseAll}>
              Choose everything that this filter finds
            </button>
          )}
          <button type="button" className={linkClass} onClick={chosen.clear}>
            Choose nothing
          </button>
        </p>
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </Card>
  );
}
