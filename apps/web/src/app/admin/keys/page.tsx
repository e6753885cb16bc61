import type { Metadata } from "next";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { KeysView } from "./view.tsx";

export const metadata: Metadata = { title: "Keys" };

export default async function KeysPage() {
  await requireOperator("/admin/keys");
  prefetch(trpc.apiKeys.list.queryOptions());
  return (
    <Screen title="Keys">
      <KeysView />
    </Screen>
  );
}
