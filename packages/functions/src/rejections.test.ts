import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { integrationNames } from "@eventfork/core/topology";
import { expect, test } from "vitest";

const once = ["migrate.ts"];

/** Lambda's runtime ends a process at an unhandled rejection. Source: aws-lambda-nodejs-runtime-interface-client. */
const script = (module: string) => `
  process.on("unhandledRejection", () => process.exit(129));
  const { handler } = await import(${JSON.stringify(module)});
  await handler({ Records: [] }, { getRemainingTimeInMillis: () => 10_000 }).catch(() => undefined);
  Promise.reject(new Error("nobody looks at this"));
  setImmediate(() => { console.log("alive"); process.exit(0); });
`;

const queue = { url: "http://127.0.0.1:9/queue", deadLetterUrl: "http://127.0.0.1:9/dead" };
const env = {
  ...process.env,
  AWS_LAMBDA_FUNCTION_NAME: "test",
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  NODE_NO_WARNINGS: "1",
  DATABASE_URL: "postgresql://postgres@127.0.0.1:9/none",
  EVENTFORK_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:events",
  EVENTFORK_QUEUES: JSON.stringify(Object.fromEntries(integrationNames.map((name) => [name, queue]))),
  ANALYTICS_WRITE_KEY: "wk",
  MAILCHIMP_API_KEY: "key-us1",
  MAILCHIMP_LIST_ID: "list",
  SLACK_BOT_TOKEN: "xoxb-1",
  SLACK_CHANNEL: "C1",
};

const files = (await readdir(import.meta.dirname)).filter((file) => !file.endsWith(".test.ts") && !once.includes(file));

test.each(files)("an unhandled rejection is logged and does not end %s", async (file) => {
  const module = `@eventfork/functions/${file.replace(/\.ts$/, "")}`;
  const args = ["--input-type=module", "-e", script(module)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env });
  expect(stdout).toMatch(/"level":"error".*nobody looks at this/);
  expect(stdout.split("\n")).toContain("alive");
});
