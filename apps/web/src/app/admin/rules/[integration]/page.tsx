import { integrations, isIntegrationName } from "@eventfork/core/topology";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { RuleView } from "./view.tsx";

type RulePageProps = { params: Promise<{ integration: string }> };

export async function generateMetadata({ params }: RulePageProps): Promise<Metadata> {
  const { integration } = await params;
  return { title: isIntegrationName(integration) ? `${integrations[integration].title}: rule` : "Not found" };
}

export default async function RulePage({ params }: RulePageProps) {
  const { integration } = await params;
  await requireOperator(`/admin/rules/${integration}`);
  if (!isIntegrationName(integration)) notFound();
  prefetch(trpc.integrations.available.queryOptions());
  prefetch(trpc.rules.get.queryOptions({ integration }));
  return (
    <Screen title="Rule">
      <RuleView key={integration} integration={integration} />
    </Screen>
  );
}
