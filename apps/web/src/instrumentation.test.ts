import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { integrationNames } from "@eventfork/core/topology";
import { expect, test } from "vitest";

const script = `
  import { registerHooks } from "node:module";
  registerHooks({
    resolve: (specifier, context, next) => next(specifier.replace(/^next\\/(server|headers)$/, "next/$1.js"), context),
  });
  process.on("unhandledRejection", () => process.exit(129));
  const { register } = await import("./instrumentation.ts");
  await register();
  Promise.reject(new Error("nobody looks at this"));
  setImmediate(() => { console.log("alive"); process.exit(0); });
`;

const queue = { url: "http://127.0.0.1:9/queue", deadLetterUrl: "http://127.0.0.1:9/dead" };
const env = {
  ...process.env,
  NEXT_RUNTIME: "nodejs",
  AWS_LAMBDA_FUNCTION_NAME: "web",
  NODE_NO_WARNINGS: "1",
  DATABASE_URL: "postgresql://postgres@127.0.0.1:9/none",
  EVENTFORK_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:events",
  EVENTFORK_QUEUES: JSON.stringify(Object.fromEntries(integrationNames.map((name) => [name, queue]))),
  BETTER_AUTH_SECRET: "a secret that only this suite's sessions are signed with",
  BETTER_AUTH_URL: "https://app.example.com",
};

const start = (more: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(process.execPath, ["--conditions=react-server", "--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    env: { ...env, ...more },
  });

test("the web app logs an unhandled rejection and keeps running", async () => {
  const { stdout } = await start();
  expect(stdout).toMatch(/"level":"error".*nobody looks at this/);
  expect(stdout.split("\n")).toContain("alive");
});

test("the web app exits at startup and names wrong settings", async () => {
  await expect(start({ DATABASE_URL: "", OTEL_EXPORTER_OTLP_ENDPOINT: "" })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/DATABASE_URL is not set/),
  });
  await expect(start({ OTEL_EXPORTER_OTLP_ENDPOINT: "localhost" })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/OTEL_EXPORTER_OTLP_ENDPOINT should be an http/),
  });
});
