import { archive } from "@eventfork/core/dead-letters";
import type { Ctx, Role } from "@eventfork/core/kernel";
import { buriedRecord, createTestCtx } from "@eventfork/core/testing";
import type { Person } from "@eventfork/core/users";
import { beforeEach, describe, expect, test } from "vitest";
import { answerExport } from "./export.ts";

const baseURL = "http://localhost:3000";

let ctx: Ctx;

beforeEach(async () => {
  ctx = await createTestCtx();
  const burials = [{ id: "evt_1" }, { id: "evt_2", code: "not_in_channel" }, { id: "evt_3" }];
  await archive({ ...ctx, integration: "slack" }, burials.map(buriedRecord));
});

function ask(query: string, role: Role | null, headers: Record<string, string> = {}): Promise<Response> {
  const person: Person | null = role && {
    ...{ id: `usr_${role}`, name: role, email: `${role}@example.com`, role },
    ...{ marketingConsent: false, createdAt: new Date() },
  };
  const request = new Request(`${baseURL}/api/admin/dead-letters/export${query}`, { headers });
  return answerExport({ ...ctx, person, baseURL }, request);
}

const readLines = async (response: Response) =>
  (await response.text())
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const countExports = () => ctx.db.auditEntry.count({ where: { action: "dead_letters.exported" } });

test("an admin gets a line of JSON for each dead letter that the filter finds, whole, and it is in the audit log", async () => {
  const response = await ask("?integration=slack", "admin");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/x-ndjson");
  expect(response.headers.get("cache-control")).toBe("no-store");
  const lines = await readLines(response);
  expect(lines.map(({ eventId }) => eventId)).toEqual(["evt_1", "evt_2", "evt_3"]);
  expect(JSON.parse(lines[0].body)).toMatchObject({ id: "evt_1" });
  expect(await countExports()).toBe(1);
});

test("those that were chosen are exported alone", async () => {
  const [, second] = await readLines(await ask("", "admin"));
  expect(await readLines(await ask(`?ids=${second.id}`, "admin"))).toMatchObject([{ id: second.id }]);
  expect(await readLines(await ask("?status=discarded", "admin"))).toEqual([]);
});

test.each([null, "user", "viewer"] as const)("%s gets none, and nothing is written down", async (role) => {
  const response = await ask("", role);
  expect(response.status).toBe(403);
  expect(await response.text()).not.toContain("evt_1");
  expect(await countExports()).toBe(0);
});

test.each([
  [{ origin: "https://evil.example" }, 403],
  [{ "sec-fetch-site": "cross-site" }, 403],
  [{ "sec-fetch-site": "same-site" }, 403],
  [{ origin: baseURL, "sec-fetch-site": "same-origin" }, 200],
  [{ "sec-fetch-site": "none" }, 200],
])("a request with %o is answered with %i", async (headers: Record<string, string>, status) => {
  expect((await ask("", "admin", headers)).status).toBe(status);
});

describe("what does not parse is refused, and says where", () => {
  test.each([
    ["?integration=fax", "integration"],
    ["?from=yesterday", "from"],
    ["?intergation=slack", "intergation"],
    ["?replayed=perhaps", "replayed"],
    ["?text=ab", "text"],
    ["?ids=dlt_1&status=open", "ids"],
    [`?ids=${"dlt_1,".repeat(300)}dlt_1`, "ids"],
  ])("%s", async (query, place) => {
    const response = await ask(query, "admin");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining(place) });
    expect(await countExports()).toBe(0);
  });
});
