import { CircleCheckIcon, CircleXIcon, TriangleAlertIcon } from "lucide-react";
import Link from "next/link";
import { cn } from "@/lib/utils.ts";
import type { Trouble } from "./troubles.ts";

const looks = {
  well: {
    icon: CircleCheckIcon,
    title: "All is well",
    className: "border-success/25 bg-success/6",
    fill: "text-success",
  },
  degraded: {
    icon: TriangleAlertIcon,
    title: "Something wants a look",
    className: "border-warning/30 bg-warning/8",
    fill: "text-warning",
  },
  broken: {
    icon: CircleXIcon,
    title: "Not well",
    className: "border-destructive/30 bg-destructive/6",
    fill: "text-destructive",
  },
};

export function Verdict({ troubles }: { troubles: readonly Trouble[] }) {
  const [worst] = troubles;
  const {
    icon: Icon,
    title,
    className,
    fill,
  } = looks[worst === undefined ? "well" : worst.isBroken ? "broken" : "degraded"];
  return (
    <section aria-label="How things stand" className={cn("flex gap-3 rounded-xl border px-5 py-4", className)}>
      <Icon aria-hidden className={cn("mt-0.5 size-5 shrink-0", fill)} />
      <div className="min-w-0">
        <p className="font-semibold">{title}</p>
        {troubles.length > 0 && (
          <ul className="mt-1 flex flex-col gap-1 text-sm">
            {troubles.map(({ text, href }) => (
              <li key={text + href}>
                <Link href={href} prefetch={false} className="rounded-sm underline-offset-4 hover:underline">
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}
