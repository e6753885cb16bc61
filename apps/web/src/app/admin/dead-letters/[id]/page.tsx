import type { Metadata } from "next";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { loadOrNotFound, trpc } from "@/trpc/server.tsx";
import { DeadLetterView } from "./view.tsx";

export const metadata: Metadata = { title: "Dead letter" };

export default async function DeadLetterPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireOperator(`/admin/dead-letters/${id}`);
  await loadOrNotFound(trpc.deadLetters.get.queryOptions({ id }));
  return (
    <Screen title="Dead letter">
      <DeadLetterView id={id} />
    </Screen>
  );
}
