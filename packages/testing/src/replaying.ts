import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { archive } from "@eventfork/core/dead-letters";
import type { Ctx } from "@eventfork/core/platform";
import { queueOf } from "@eventfork/core/platform/aws";
import { advanceReplays, toReplay } from "@eventfork/core/replays";
import type { IntegrationName } from "@eventfork/core/topology";
import { deadLetterRecord } from "./dead-letter-records.ts";

export function replayHands(readCtx: () => Ctx) {
  return {
    async createDeadLetters(
      ids: readonly string[],
      integration: IntegrationName = "slack",
      code = "no_text",
    ): Promise<void> {
      const records = ids.map((id, i) =>
        deadLetterRecord({ id, subject: `usr_${i}`, code, reason: `Slack: ${code}.` }),
      );
      await archive({ ...readCtx(), integration }, records);
    },

    async receive(name: IntegrationName): Promise<string[]> {
      const { messaging } = readCtx();
      const bodies: string[] = [];
      for (;;) {
        const command = new ReceiveMessageCommand({ QueueUrl: queueOf(messaging, name).url, MaxNumberOfMessages: 10 });
        const { Messages = [] } = await messaging.sqs.send(command);
        if (Messages.length === 0) return bodies.map((body) => JSON.parse(body).id).sort();
        bodies.push(...Messages.map(({ Body = "" }) => Body));
      }
    },

    async advance(): Promise<void> {
      let [before, same] = ["", 0];
      while (same < 3) {
        await advanceReplays(readCtx(), { untilMs: 100 });
        const rows = await readCtx().db.replay.findMany({ orderBy: { id: "asc" } });
        const now = JSON.stringify(
          rows.map(toReplay).map(({ figures, state, canaryState }) => [figures, state, canaryState]),
        );
        same = now === before ? same + 1 : 0;
        before = now;
      }
    },

    async deliver(eventIds: readonly string[], integration: IntegrationName = "slack"): Promise<void> {
      const { db } = readCtx();
      await db.$executeRaw`
        UPDATE delivery SET status = 'delivered', updated_at = now()
        WHERE integration = ${integration} AND event_id = ANY(${[...eventIds]})`;
      await db.deadLetter.updateMany({
        where: { integration, eventId: { in: [...eventIds] }, status: { in: ["open", "replaying"] } },
        data: { status: "resolved" },
      });
    },
  };
}

export const numberedIds = (n: number) => Array.from({ length: n }, (_, i) => `evt_${String(i).padStart(4, "0")}`);
export const everything = { source: "dead_letters", filter: {} } as const;
