import type { Metadata } from "next";
import { Screen } from "@/components/layout/screen.tsx";
import { requireOperator } from "@/server/session.ts";
import { loadOrNotFound, trpc } from "@/trpc/server.tsx";
import { EventView } from "./view.tsx";

export const metadata: Metadata = { title: "Event" };

export default async function EventPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireOperator(`/admin/events/${id}`);
  await loadOrNotFound(trpc.events.story.queryOptions({ eventId: id }));
  return (
    <Screen title="Event">
      <EventView id={id} />
    </Screen>
  );
}
