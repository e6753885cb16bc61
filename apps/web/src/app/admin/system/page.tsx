import type { Metadata } from "next";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { prefetch, trpc } from "@/trpc/server.tsx";
import { SystemView } from "./view.tsx";

export const metadata: Metadata = { title: "System" };

export default async function SystemPage() {
  await requireOperator("/admin/system");
  prefetch(trpc.system.inspect.queryOptions());
  return (
    <Screen title="System">
      <SystemView />
    </Screen>
  );
}
