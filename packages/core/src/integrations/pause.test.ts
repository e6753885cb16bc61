import { admin, createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { silentLogger } from "../platform/index.ts";
import { type Pause, pause } from "./pause.ts";

const integration = "slack";
let db: Db;
beforeAll(async () => {
  db = await createTestDb();
});
afterAll(() => db.$disconnect());
beforeEach(() => db.integrationState.deleteMany());

const pauseFor = (kind: Pause["kind"]) =>
  pause(
    { db, actor: admin, now: () => new Date(), log: silentLogger, messaging: {} },
    { integration, reason: kind, kind, probeAt: kind === "outage" ? new Date() : null },
  );
const shown = async () => (await db.integrationState.findUniqueOrThrow({ where: { integration } })).pauseKind;

test.each([
  ["outage", "manual", "manual"],
  ["outage", "credentials", "credentials"],
  ["outage", "outage", "outage"],
  ["manual", "outage", "manual"],
  ["manual", "credentials", "manual"],
  ["credentials", "manual", "credentials"],
] as const)("a pause for %s that meets one for %s is one for %s", async (first, second, result) => {
  expect(await pauseFor(first)).toBe(true);
  expect(await pauseFor(second)).toBe(result !== first);
  expect(await shown()).toBe(result);
  expect((await db.integrationState.findUniqueOrThrow({ where: { integration } })).pausedReason).toBe(result);
});
