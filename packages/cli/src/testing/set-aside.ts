import type { Db } from "@eventfork/core/db";

export async function setAsideEvent(db: Db, id: string): Promise<void> {
  const at = new Date();
  const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
  const event = { id, type: "user.signed_up", source: "cli", time: at, data, recordedAt: at };
  await db.event.create({ data: { ...event, setAsideAt: at, publishError: "InvalidParameter: no" } });
}
