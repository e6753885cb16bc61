import { createTestDatabase } from "@eventfork/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "../../platform/db/index.ts";
import { newId } from "../../platform/index.ts";
import { claim } from "../leases.ts";

const integration = "slack";
const start = new Date("2026-11-26T10:00:00Z").getTime();
const at = (second: number) => new Date(start + second * 1_000);
const daySeconds = 24 * 3_600;

let db: Db;
beforeEach(async () => {
  db = createDb({ connections: 2, url: await createTestDatabase() });
  return () => db.$disconnect();
});

async function claimAt(second: number): Promise<string | undefined> {
  const id = newId("event");
  const lease = { integration, leaseId: newId("lease"), leaseUntil: at(second + 30), now: at(second) } as const;
  return (await claim(db, { ...lease, events: [{ id, attempt: 1 }] })).get(id)?.state;
}

describe("after the clock was set back by a day", () => {
  test("an integration that an outage paused is probed immediately, with one event", async () => {
    const paused = { pausedAt: at(0), pauseKind: "outage", probeAt: at(15), updatedAt: at(0) };
    await db.integrationState.create({ data: { integration, ...paused } });
    expect(await claimAt(14)).toBe("paused");
    expect(await claimAt(-daySeconds)).toBe("claimed");
    expect(await claimAt(-daySeconds + 1)).toBe("paused");
    expect((await db.integrationState.findFirstOrThrow()).probeAt).toEqual(at(-daySeconds + 30));
  });

  test("an integration that an operator paused stays paused", async () => {
    const paused = { pausedAt: at(0), pauseKind: "manual", updatedAt: at(0) };
    await db.integrationState.create({ data: { integration, ...paused } });
    expect(await claimAt(-daySeconds)).toBe("paused");
  });

  test("a rate limited integration sends its next batch immediately, and the one after at the limit's distance", async () => {
    const limited = { limitedAt: at(0), limitedUntil: at(60), limitSeconds: 20, updatedAt: at(0) };
    await db.integrationState.create({ data: { integration, ...limited } });
    expect(await claimAt(59)).toBe("rate_limited");
    expect(await claimAt(-daySeconds)).toBe("claimed");
    expect(await claimAt(-daySeconds + 19)).toBe("rate_limited");
    expect(await claimAt(-daySeconds + 20)).toBe("claimed");
  });
});
