import { expect, test } from "vitest";
import { readStackEnv } from "./index.ts";

test.each([
  ["PORT", "0.5"],
  ["DATABASE_URL", "mysql://x"],
  ["AWS_ENDPOINT_URL", "nowhere"],
  ["BETTER_AUTH_URL", "nowhere"],
  ["LOG_LEVEL", "loud"],
])("a wrong %s stops the stack before it starts anything, with a message", (name, value) => {
  expect(() => readStackEnv({ [name]: value })).toThrow(new RegExp(`${name} should be`));
});

test("nothing has to be set", () => {
  expect(readStackEnv({})).toMatchObject({ PORT: 3000, isPortFixed: false, EVENTFORK_STATE_DIR: ".eventfork" });
});
