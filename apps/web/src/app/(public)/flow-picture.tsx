import { CheckIcon } from "lucide-react";

const rowHeight = 76;
const joint = { width: 72, spread: 26 };

export function FlowPicture({ tools }: { tools: readonly string[] }) {
  const height = tools.length * rowHeight;
  const middle = height / 2;
  return (
    <figure className="flex w-full items-center">
      <div className="shrink-0 rounded-xl border bg-card px-4 py-3.5 shadow-xs">
        <p className="font-mono text-xs font-medium">user.signed_up</p>
        <p className="mt-1 text-xs text-muted-foreground">ada@example.com</p>
      </div>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${joint.width} ${height}`}
        preserveAspectRatio="none"
        style={{ height }}
        className="min-w-6 flex-1 text-input"
      >
        {tools.map((tool, index) => {
          const y = rowHeight * (index + 0.5);
          const curve = `M0 ${middle} C ${joint.spread} ${middle}, ${joint.width - joint.spread} ${y}, ${joint.width} ${y}`;
          return (
            <path
              key={tool}
              d={curve}
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              vectorEffect="non-scaling-stroke"
            />
          );
        })}
      </svg>
      <ul className="flex w-36 shrink-0 flex-col sm:w-52" style={{ height }}>
        {tools.map((tool) => (
          <li key={tool} className="flex flex-1 items-center">
            <div className="flex w-full items-center justify-between gap-2 rounded-xl border bg-card px-4 py-3 shadow-xs">
              <span className="text-sm font-medium">{tool}</span>
              <span className="inline-flex items-center gap-1 text-xs text-success">
                <CheckIcon aria-hidden className="size-3.5" />
                <span className="max-sm:sr-only">delivered</span>
              </span>
            </div>
          </li>
        ))}
      </ul>
      <figcaption className="sr-only">A sign-up is delivered to {tools.join(", ")}.</figcaption>
    </figure>
  );
}
