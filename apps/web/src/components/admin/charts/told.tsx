/** Where the pointer is: over a bar, or at a line. Without them recharts draws its own in one grey for light and dark. */
export const barCursor = { fill: "var(--accent)", stroke: "none" };
export const lineCursor = { stroke: "var(--muted-foreground)" };

type ToldProps = { title: string; rows: readonly (readonly [title: string, value: string])[] };

/** What a point of a chart stands for, beside the pointer. */
export function Told({ title, rows }: ToldProps) {
  return (
    <div className="rounded-md border bg-popover px-3 py-2 text-popover-foreground text-xs shadow-sm">
      <p className="text-muted-foreground">{title}</p>
      {rows.map(([name, value]) => (
        <p key={name} className="flex justify-between gap-4 tabular-nums">
          <span>{name}</span>
          <span className="font-medium">{value}</span>
        </p>
      ))}
    </div>
  );
}
