import { integrations, isIntegrationName } from "@eventfork/core/topology";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { SearchParams } from "nuqs/server";
import { Screen } from "@/components/layout/screen.tsx";
import { loadRangeParams, serialiseRangeParams, toInput } from "@/lib/search-params.ts";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { IntegrationView } from "./view.tsx";

type Props = { params: Promise<{ name: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await params;
  return { title: isIntegrationName(name) ? integrations[name].title : "Integrations" };
}

export default async function IntegrationPage({ params, searchParams }: Props) {
  const { name } = await params;
  const range = await loadRangeParams(searchParams);
  await requireOperator(serialiseRangeParams(`/admin/integrations/${name}`, range));
  if (!isIntegrationName(name)) notFound();
  prefetch(trpc.integrations.list.queryOptions());
  prefetch(trpc.integrations.get.queryOptions({ integration: name }));
  prefetch(trpc.integrations.figures.queryOptions({ integration: name, ...toInput(range) }));
  prefetch(trpc.deadLetters.groups.queryOptions({ integration: name, limit: 5 }));
  return (
    <Screen title={integrations[name].title}>
      <IntegrationView name={name} />
    </Screen>
  );
}
