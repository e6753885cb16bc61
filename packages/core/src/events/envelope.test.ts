import { describe, expect, test } from "vitest";
import { type EventRow, parseEnvelope, serialiseEnvelope, toEnvelope } from "./index.ts";

const event = {
  specversion: "1.0",
  id: "evt_1",
  type: "user.signed_up",
  source: "shop",
  time: "2026-11-23T10:00:00Z",
  data: { name: "Ada" },
};
const row: EventRow = {
  id: "evt_1",
  type: "user.signed_up",
  source: "shop",
  subject: null,
  time: new Date("2026-11-23T10:00:00Z"),
  data: {},
  traceparent: null,
};
const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;
const withData = (json: string) => JSON.stringify({ ...event, data: "?" }).replace('"?"', json);
const reasonOf = (body: string) => {
  const parsed = parseEnvelope(body);
  return parsed.ok ? "" : parsed.reason;
};

describe("a message", () => {
  test("nested 100 levels is an event; at 101, or 100,000, it is none, and the reason has the place", () => {
    expect(reasonOf(withData(nested(100)))).toBe("");
    expect(reasonOf(withData(nested(101)))).toBe("The body is no event: data.a.a.a: is nested deeper than 100 levels");
    expect(reasonOf(withData(nested(100_000)))).toMatch(/nested deeper than 100 levels/);
    expect(reasonOf(withData(`{"a":${"[".repeat(99)}${"]".repeat(99)}}`))).toBe("");
    expect(reasonOf(withData(`{"a":${"[".repeat(100)}${"]".repeat(100)}}`))).toMatch(/deeper than 100 levels/);
  });

  test.each([
    "9999-12-31T23:59:59.999-12:00",
    "9999-12-31T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "2026-11-23T10:00:00+16:00",
    "2026-11-23T10:00:00-23:59",
    `2026-11-23T10:00:00.${"0".repeat(200)}Z`,
    "2026-02-30T00:00:00Z",
    "yesterday",
  ])("of the time %s is no event", (time) => {
    expect(reasonOf(JSON.stringify({ ...event, time }))).toMatch(/^The body is no event: time: /);
  });

  test.each(["0001-01-02T00:00:00Z", "9999-12-30T23:59:59.999Z", "2026-11-23T10:00:00.123456+14:00"])(
    "of the time %s is an event",
    (time) => {
      expect(parseEnvelope(JSON.stringify({ ...event, time }))).toMatchObject({ ok: true, event: { time } });
    },
  );

  test("with a number beyond 2^53 is no event, rather than one with another number", () => {
    expect(reasonOf(withData('{"orderId":9007199254740991}'))).toBe("");
    expect(reasonOf(withData('{"orderId":-9007199254740991,"price":0.1,"tiny":5e-324}'))).toBe("");
    for (const number of ["9007199254740992", "12345678901234567890", "-12345678901234567890", "1e20", "1e400"]) {
      expect(reasonOf(withData(`{"orders":[{"id":${number}}]}`))).toMatch(
        /data\.orders\.0\.id: is a number beyond 2\^53/,
      );
    }
  });

  test("with NUL or half of a surrogate pair in its data is an event with U+FFFD there", () => {
    const parsed = parseEnvelope(withData('{"a\\u0000":"\\ud83d","b":["\\u0000x","\\ud83d\\ude00"]}'));
    expect(parsed).toMatchObject({ ok: true, event: { data: { "a\ufffd": "\ufffd", b: ["\ufffdx", "😀"] } } });
  });

  test.each(["\u0000", "a\nb", "a\u0007", "\ud800", "\uffff", "\ufffe", "", "x".repeat(201)])(
    "of the subject %j is no event",
    (subject) => {
      expect(reasonOf(JSON.stringify({ ...event, subject }))).toMatch(/^The body is no event: subject: /);
    },
  );

  test.each(["{}", "[]", '{"specversion":"1.0"}'])(
    "of the body %s is no event, and the reason has the place",
    (body) => {
      expect(reasonOf(body)).toMatch(/^The body is no event: \w+: /);
    },
  );
});

describe("an event as it is sent", () => {
  test("has the bytes of its characters: only those that SNS refuses are escaped", () => {
    const name = "😀\uffff\ufffeé";
    const body = serialiseEnvelope({ ...row, data: { name } });
    expect(body).toContain('"😀\\uffff\\ufffeé"');
    expect(parseEnvelope(body)).toMatchObject({ ok: true, event: { data: { name } } });
  });

  test.each([
    [new Date("+010000-01-01T11:59:59.999Z"), "9999-12-30T23:59:59.999Z"],
    [new Date("-000044-03-15T00:00:00Z"), "0001-01-02T00:00:00.000Z"],
    [new Date(Number.NaN), "9999-12-30T23:59:59.999Z"],
  ])("has a time that every reader accepts, where %s is stored", (time, sent) => {
    expect(toEnvelope({ ...row, time }).time).toBe(sent);
    expect(parseEnvelope(serialiseEnvelope({ ...row, time }))).toMatchObject({ ok: true });
  });
});
