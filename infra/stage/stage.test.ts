import { expect, test } from "vitest";
import { readStage } from "./stage.ts";

const right = { AWS_REGION: "eu-central-1", EVENTFORK_ALARM_EMAIL: "ops@example.com" };

test("production is protected, and has its database in a VPC, without a proxy", () => {
  const expected = { isPermanent: true, region: "eu-central-1", database: "rds", hasProxy: false, nat: "ec2" };
  expect(readStage("production", right)).toMatchObject(expected);
});

test("a personal stage needs no settings", () => {
  expect(readStage("ada", {})).toMatchObject({ isPermanent: false, region: "us-east-1", alarmEmail: undefined });
});

test.each([
  ["Ada", {}, /"Ada" cannot be a part of AWS's names: take 1 to 20 lower-case letters/],
  ["feature/login", {}, /"feature\/login" cannot be/],
  ["a-stage-with-much-too-long-a-name", {}, /cannot be a part of AWS's names/],
  ["ada", { AWS_REGION: "us-east-9" }, /AWS_REGION is "us-east-9": AWS has no such region/],
  ["ada", { EVENTFORK_DATABASE: "mysql" }, /EVENTFORK_DATABASE is "mysql": it should be rds or own/],
  ["ada", { EVENTFORK_DOMAIN: "https://x.com/" }, /EVENTFORK_DOMAIN is "https:\/\/x.com\/": it should be a host name/],
  ["ada", { EVENTFORK_ALARM_EMAIL: "ada" }, /EVENTFORK_ALARM_EMAIL is "ada": it should be an e-mail address/],
  ["ada", { EVENTFORK_MAIL_FROM: "ada" }, /EVENTFORK_MAIL_FROM is "ada": it should be an e-mail address/],
  ["ada", { EVENTFORK_EMAIL_VERIFICATION: "maybe" }, /"maybe": it should be required or off/],
  ["ada", { EVENTFORK_VPC_ID: "default" }, /EVENTFORK_VPC_ID is "default": it should be the id of a VPC/],
  [
    "ada",
    { EVENTFORK_DATABASE_HOST: "http://x" },
    /EVENTFORK_DATABASE_HOST is "http:\/\/x": it should be the endpoint/,
  ],
  ["ada", { EVENTFORK_DATABASE_HOST: "a.b", EVENTFORK_DATABASE: "own" }, /put the host into the secret DatabaseUrl/],
  ["ada", { EVENTFORK_DATABASE_HOST: "a.b", EVENTFORK_DATABASE_PROXY: "on" }, /the proxy leads to the other database/],
  ["ada", { EVENTFORK_MAINTENANCE: "yes" }, /EVENTFORK_MAINTENANCE is "yes": it should be on or off/],
  ["production", { AWS_REGION: "us-east-1" }, /EVENTFORK_ALARM_EMAIL is not set/],
  ["production", { EVENTFORK_ALARM_EMAIL: "a@b.co" }, /AWS_REGION is not set: say where "production" lives/],
])("stage %s with %o is refused", (name, env, message) => {
  expect(() => readStage(name, env)).toThrow(message);
});

test("all problems are reported together, and nothing is created", () => {
  expect(() => readStage("Production", { AWS_REGION: "nowhere", EVENTFORK_NAT: "none" })).toThrow(
    /Nothing was created or changed:[\s\S]*"Production"[\s\S]*"nowhere"[\s\S]*EVENTFORK_NAT is "none"/,
  );
});
