import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { requiredNames } from "@eventfork/core/topology";
import { expect, test } from "vitest";

const script = `
  import { registerHooks } from "node:module";
  const loaded = [];
  registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
  const { handler } = await import("@eventfork/functions/analytics");
  await handler({ Records: [] }, { getRemainingTimeInMillis: () => 10_000 });
  console.log(JSON.stringify(loaded));
  process.exit(0);
`;

const queue = { url: "http://127.0.0.1:9/queue", deadLetterUrl: "http://127.0.0.1:9/dead" };

async function readLoaded(env: NodeJS.ProcessEnv): Promise<string[]> {
  const settings = {
    DATABASE_URL: "postgresql://postgres@127.0.0.1:9/none",
    EVENTFORK_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:events",
    EVENTFORK_QUEUES: JSON.stringify(Object.fromEntries(requiredNames.map((name) => [name, queue]))),
    ANALYTICS_WRITE_KEY: "wk",
    AWS_REGION: "us-east-1",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...settings, ...env },
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}

const packagesOf = (loaded: readonly string[], scope: string) => [
  ...new Set(loaded.flatMap((url) => new RegExp(`/node_modules/(${scope}/[^/]+)/`).exec(url)?.[1] ?? [])),
];

test("a consumer loads OpenTelemetry's SDK only where it is enabled, and never Lambda's, EventBridge's or another integration's", async () => {
  const [off, on] = await Promise.all([
    readLoaded({}),
    readLoaded({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" }),
  ]);
  expect(packagesOf(off, "@opentelemetry")).toEqual(["@opentelemetry/api"]);
  expect(packagesOf(on, "@opentelemetry")).toContain("@opentelemetry/sdk-trace");
  for (const loaded of [off, on]) {
    for (const client of ["lambda", "eventbridge"])
      expect(packagesOf(loaded, "@aws-sdk")).not.toContain(`@aws-sdk/client-${client}`);
    expect(packagesOf(loaded, "@(?:slack|mailchimp)")).toEqual([]);
  }
});
