"use client";

import type { RuleTrouble } from "@eventfork/core/rules";
import { integrations } from "@eventfork/core/topology";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Alert } from "@/components/ui/alert.tsx";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { AppliedState } from "../rules/[integration]/applied-state.tsx";
import { DriftAlert } from "../rules/[integration]/drift-alert.tsx";

/** The rules that somebody should look at, each with what is wrong and the way out. Nothing while all is well. */
export function RuleTroubles() {
  const trpc = useTRPC();
  const { data = [] } = useQuery({ ...trpc.rules.troubles.queryOptions(), refetchInterval: refreshEveryMs });
  return data.map((trouble) => (
    <section key={trouble.integration} aria-label={`${integrations[trouble.integration].title}'s rule`}>
      <Trouble trouble={trouble} />
    </section>
  ));
}

function Trouble({ trouble: { integration, active, live } }: { trouble: RuleTrouble }) {
  const title = (
    <Link
      href={`/admin/rules/${integration}`}
      className="self-start rounded-sm font-medium underline underline-offset-4"
    >
      {integrations[integration].title}'s rule, version {active.version}
    </Link>
  );
  return (
    <div className="flex flex-col gap-2">
      {title}
      {live !== null && <DriftAlert integration={integration} active={active} live={live} />}
      {active.applyError !== null && (
        <Alert variant="warning">
          <AppliedState version={active} />
        </Alert>
      )}
    </div>
  );
}
