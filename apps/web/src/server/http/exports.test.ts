import { archive } from "@eventfork/core/dead-letters";
import type { Ctx, Role } from "@eventfork/core/platform";
import type { Person } from "@eventfork/core/users";
import { createTestCtx, deadLetterRecord } from "@eventfork/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { answerExport, openDeadLettersExport, openDeliveriesExport } from "./exports.ts";

const baseURL = "http://localhost:3000";

let ctx: Ctx;

beforeEach(async () => {
  ctx = await createTestCtx();
  const records = [{ id: "evt_1" }, { id: "evt_2", code: "not_in_channel" }, { id: "evt_3" }];
  await archive({ ...ctx, integration: "slack" }, records.map(deadLetterRecord));
});

function ask(
  query: string,
  role: Role | null,
  headers: Record<string, string> = {},
  open = openDeadLettersExport,
): Promise<Response> {
  const person: Person | null = role && {
    ...{ id: `usr_${role}`, name: role, email: `${role}@example.com`, role },
    ...{ marketingConsent: false, createdAt: new Date() },
  };
  const request = new Request(`${baseURL}/api/admin/dead-letters/export${query}`, { headers });
  return answerExport({ ...ctx, person, baseURL }, request, open);
}

const readLines = async (response: Response) =>
  (await response.text())
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const countExports = () => ctx.db.auditEntry.count({ where: { action: "dead_letters.exported" } });

test("an admin exports each matching dead letter as a line of JSON, and the audit log records it", async () => {
  const response = await ask("?integration=slack", "admin");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/x-ndjson");
  const lines = await readLines(response);
  expect(lines.map(({ eventId }) => eventId)).toEqual(["evt_1", "evt_2", "evt_3"]);
  expect(JSON.parse(lines[0].body)).toMatchObject({ id: "evt_1" });
  expect(await countExports()).toBe(1);
});

test("an export by ids contains only those dead letters", async () => {
  const [, second] = await readLines(await ask("", "admin"));
  expect(await readLines(await ask(`?ids=${second.id}`, "admin"))).toMatchObject([{ id: second.id }]);
  expect(await readLines(await ask("?status=discarded", "admin"))).toEqual([]);
});

test.each([null, "user", "viewer"] as const)("%s exports nothing, and the audit log records nothing", async (role) => {
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
])("a request with %o gets %i", async (headers: Record<string, string>, status) => {
  expect((await ask("", "admin", headers)).status).toBe(status);
});

describe("invalid parameters are refused with their location", () => {
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

describe("deliveries", () => {
  const askDeliveries = (query: string, role: Role | null = "admin") => ask(query, role, {}, openDeliveriesExport);

  test("an admin exports CSV without formulas", async () => {
    await ctx.db.delivery.updateMany({
      where: { eventId: "evt_2" },
      data: { errorMessage: '=HYPERLINK("https://evil.example")', errorCode: "a,b" },
    });
    const response = await askDeliveries("?integration=slack&text=evt_2");
    expect(response.headers.get("content-type")).toContain("text/csv");
    const [title, line, ...more] = (await response.text()).split("\r\n");
    expect(title).toMatch(/^eventId,integration,eventType,status,attempts,/);
    expect(line).toMatch(/^evt_2,slack,.*,"a,b","'=HYPERLINK\(""https:\/\/evil\.example""\)"$/);
    expect(more).toEqual([""]);
  });

  const signs = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"];

  test.each([...signs, " =", "\u00A0=", "\u200B=", "\uFEFF="])("no CSV text begins with %j", async (sign) => {
    await ctx.db.delivery.updateMany({ data: { errorMessage: `${sign}1+1` } });
    const csv = await (await askDeliveries("?integration=slack")).text();
    expect(csv.match(/,"?'/g)).toHaveLength(3);
  });

  test.each([";", "|", "\t"])("no CSV text has a formula for a reader that splits at %j", async (separator) => {
    await ctx.db.delivery.updateMany({ data: { errorMessage: `a${separator} =1+1${separator}b` } });
    const csv = await (await askDeliveries("?integration=slack")).text();
    expect(csv.split(`"a${separator}' =1+1${separator}b"`)).toHaveLength(4);
  });

  test("an export by keys contains only those deliveries, as lines of JSON", async () => {
    const lines = await readLines(await askDeliveries("?format=json&keys=evt_1/slack,evt_3/slack"));
    expect(lines.map(({ eventId }) => eventId).toSorted()).toEqual(["evt_1", "evt_3"]);
  });

  test("an empty export is a header row", async () => {
    expect(await (await askDeliveries("?status=retrying")).text()).toMatch(/^eventId,.*\r\n$/);
  });

  test.each([
    ["?statsu=dead", "admin", 400],
    ["?format=xml", "admin", 400],
    ["?keys=evt_1/slack&status=dead", "admin", 400],
    ["", "viewer", 403],
    ["", null, 403],
  ] as const)("%s of %s is answered with %i", async (query, role, status) => {
    expect((await askDeliveries(query, role)).status).toBe(status);
  });
});
