import type { IntegrationName } from "@eventfork/core/topology";
import { useSuspenseQuery } from "@tanstack/react-query";
import Link from "next/link";
import { refreshEveryMs } from "@/lib/refresh.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { CauseCard } from "../../dead-letters/cause-card.tsx";

export function Causes({ name }: { name: IntegrationName }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery({
    ...trpc.deadLetters.groups.queryOptions({ integration: name, limit: 5 }),
    refetchInterval: refreshEveryMs,
  });
  return (
    <section aria-label="Causes" className="flex flex-col gap-3">
      <h2 className="font-semibold text-sm">Why its events die</h2>
      {data.groups.length === 0 ? (
        <p className="text-muted-foreground text-sm">No dead letter of it is open.</p>
      ) : (
        data.groups.map((group) => <CauseCard key={group.fingerprint} group={group} />)
      )}
      {data.next !== null && (
        <Link
          href={`/admin/dead-letters?integration=${name}`}
          className="w-fit rounded-sm text-sm underline underline-offset-4"
        >
          Every cause
        </Link>
      )}
    </section>
  );
}
