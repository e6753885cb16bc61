import { describe, expect, test } from "vitest";
import { maskAddresses, maskPersonalData, maskText } from "./mask.ts";

describe("masking", () => {
  test.each([
    ["ada@lovelace.dev", "a•••@•••"],
    ["Member <ada@lovelace.dev> exists", "Member <a•••@•••> exists"],
    ['{"email":"ada@lovelace.dev"}', '{"email":"a•••@•••"}'],
    ["ada+1@lovelace.dev, grace@hopper.dev", "a•••@•••, g•••@•••"],
    ["ünï@bücher.example", "ü•••@•••"],
    ["no address here", "no address here"],
  ])("hides every address in %s", (text, masked) => {
    expect(maskAddresses(text)).toBe(masked);
  });

  test("keeps the whole first character of a name", () => {
    expect([maskText("Ada"), maskText("👩‍🚀 Ada"), maskText("")]).toEqual(["A•••", "👩•••", ""]);
  });

  test("hides a person's fields at any depth, and no others", () => {
    const at = new Date(0);
    const value = {
      integration: { name: "slack", title: "Slack" },
      at,
      count: 3,
      events: [{ data: { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada Lovelace", method: "password" } }],
      sessions: [{ ip: "203.0.113.7", userAgent: "Firefox" }],
      person: { email: null, name: "Grace" },
    };
    expect(maskPersonalData(value)).toEqual({
      integration: { name: "slack", title: "Slack" },
      at,
      count: 3,
      events: [{ data: { userId: "usr_1", email: "a•••@•••", name: "A•••", method: "password" } }],
      sessions: [{ ip: "2•••", userAgent: "F•••" }],
      person: { email: null, name: "G•••" },
    });
    expect(value.events[0]?.data.name).toBe("Ada Lovelace");
  });

  test("hides a name in a JSON body, and addresses in any other", () => {
    const body = JSON.stringify({ id: "evt_1", data: { userId: "usr_1", name: "Ada", email: "ada@lovelace.dev" } });
    expect(maskPersonalData({ body })).toEqual({
      body: '{"id":"evt_1","data":{"userId":"usr_1","name":"A•••","email":"a•••@•••"}}',
    });
    expect(maskPersonalData({ body: '{"email":"ada@lovelace.dev"' })).toEqual({ body: '{"email":"a•••@•••"' });
  });
});
