import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { loadAuditParams, serialiseAuditParams, toAuditInput } from "./search-params.ts";
import { AuditView } from "./view.tsx";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await loadAuditParams(searchParams);
  await requireOperator(serialiseAuditParams("/admin/audit", params));
  prefetch(trpc.audit.list.queryOptions(toAuditInput(params)));
  prefetch(trpc.audit.actions.queryOptions());
  return (
    <Screen title="Audit log">
      <AuditView />
    </Screen>
  );
}
