import { requiredNames } from "@eventfork/core/topology";
import type { Metadata } from "next";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { IntegrationsView } from "./view.tsx";

export const metadata: Metadata = { title: "Integrations" };

export default async function IntegrationsPage() {
  await requireOperator("/admin/integrations");
  prefetch(trpc.integrations.list.queryOptions());
  prefetch(trpc.integrations.available.queryOptions());
  for (const integration of requiredNames) prefetch(trpc.integrations.get.queryOptions({ integration }));
  return (
    <Screen title="Integrations">
      <IntegrationsView />
    </Screen>
  );
}
