import { isIntegrationName } from "@eventfork/core/topology";
import type { Metadata } from "next";
import { createLoader, parseAsString, type SearchParams } from "nuqs/server";
import { requireOperator } from "@/server/session.ts";
import { BackfillForm } from "./form.tsx";

export const metadata: Metadata = { title: "Backfill" };

const loadParams = createLoader({ integration: parseAsString });

export default async function BackfillPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const { integration } = await loadParams(searchParams);
  await requireOperator("/admin/replays/backfill");
  return <BackfillForm first={integration !== null && isIntegrationName(integration) ? integration : null} />;
}
