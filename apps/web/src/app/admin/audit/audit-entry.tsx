"use client";

import type { AuditItem } from "@eventfork/core/audit";
import Link from "next/link";
import { RelativeTime } from "@/components/relative-time.tsx";
import { ScrollRegion } from "@/components/scroll-region.tsx";
import { nameUserAgent } from "@/lib/user-agent.ts";

type AuditEntryProps = {
  entry: AuditItem;
  onFilter: (filter: { actor: string } | { action: string } | { target: string }) => void;
};

const link = "rounded-sm underline-offset-4 hover:underline";

export function AuditEntry({ entry, onFilter }: AuditEntryProps) {
  const { actor, action, target, at, ip, userAgent, before, after } = entry;
  const from = [ip, userAgent === null ? null : nameUserAgent(userAgent)].filter((part) => part !== null);
  return (
    <li className="flex flex-col gap-2 px-5 py-3.5 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-1">
          <button type="button" className={`${link} break-all font-medium`} onClick={() => onFilter({ actor })}>
            {actor}
          </button>
          <button
            type="button"
            className={`${link} rounded-full border bg-muted px-2 py-0.5 font-mono text-muted-foreground text-xs`}
            onClick={() => onFilter({ action })}
          >
            {action}
          </button>
          {target.startsWith("usr_") ? (
            <Link href={`/admin/people/${target}`} className={`${link} break-all font-mono text-xs`}>
              {target}
            </Link>
          ) : (
            <button
              type="button"
              className={`${link} break-all font-mono text-xs`}
              onClick={() => onFilter({ target })}
            >
              {target}
            </button>
          )}
        </p>
        <RelativeTime date={at} className="text-muted-foreground text-xs" />
      </div>
      {from.length > 0 && <p className="text-muted-foreground text-xs">From {from.join(", ")}</p>}
      {(before !== null || after !== null) && (
        <details className="text-xs">
          <summary className="w-fit rounded-sm text-muted-foreground hover:text-foreground">Before and after</summary>
          <div className="mt-2 grid gap-2 lg:grid-cols-2">
            <Side title="Before" value={before} />
            <Side title="After" value={after} />
          </div>
        </details>
      )}
    </li>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <ScrollRegion label={title} className="max-h-64 overflow-auto rounded-md border bg-muted/50 p-3">
      <h3 className="mb-1 text-muted-foreground">{title}</h3>
      <pre className="font-mono">{value === null ? "nothing" : JSON.stringify(value, null, 2)}</pre>
    </ScrollRegion>
  );
}
