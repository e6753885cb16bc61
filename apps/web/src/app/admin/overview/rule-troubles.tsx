"use client";

import { integrations } from "@eventfork/core/topology";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";

const RuleTrouble = dynamic(() => import("./rule-trouble.tsx").then((module) => module.RuleTrouble), { ssr: false });

export function RuleTroubles() {
  const trpc = useTRPC();
  const { data = [] } = useQuery({ ...trpc.rules.troubles.queryOptions(), refetchInterval: refreshEveryMs });
  return data.map((trouble) => (
    <section key={trouble.integration} aria-label={`${integrations[trouble.integration].title}'s rule`}>
      <RuleTrouble trouble={trouble} />
    </section>
  ));
}
