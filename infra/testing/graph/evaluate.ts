import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type * as Topology from "../../../packages/core/src/topology/index.ts";
import { repositoryRoot, runCommand } from "../commands.ts";
import { installPlatform, platform } from "../platform.ts";
import { type AccountAnswers, answerAccount } from "./account.ts";

export type GraphResource = {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  options: { dependsOn: string[]; ignoreChanges: string[]; retainOnDelete: boolean };
};

export type FunctionBuild = {
  functionID: string;
  handler: string;
  links: Record<string, Record<string, unknown>>;
  copyFiles: { from: string; to: string }[];
};

export type Graph = {
  resources: GraphResource[];
  builds: FunctionBuild[];
  failure: string | null;
  output: string;
};

export type EvaluatedFanOut = typeof Topology.fanOut;

export type EvaluateOptions = {
  stage: string;
  isDev?: boolean;
  fanOut?: EvaluatedFanOut;
  account?: Partial<AccountAnswers>;
  env?: Record<string, string>;
};

export const secretValues = {
  SST_SECRET_BetterAuthSecret: "secret-of-the-cookies-0123456789",
  SST_SECRET_AnalyticsWriteKey: "secret-of-analytics",
  SST_SECRET_MailchimpApiKey: "secret-of-mailchimp-us19",
  SST_SECRET_MailchimpListId: "secret-list-of-mailchimp",
  SST_SECRET_SlackBotToken: "xoxb-secret-of-slack",
  SST_SECRET_SlackChannel: "secret-channel-of-slack",
};

export const settings = { AWS_REGION: "us-east-1" };
export const alarms = { EVENTFORK_ALARM_EMAIL: "operators@example.com" };

export const ownDatabase = {
  EVENTFORK_DATABASE: "own",
  SST_SECRET_DatabaseUrl: "postgresql://ada:secret-of-neon@neon.tech/ada",
};

const bundled = new Map<EvaluatedFanOut, Promise<string>>();

/** Evaluates sst.config.ts with SST's real components, without AWS. */
export async function evaluate({
  stage,
  isDev = false,
  fanOut = "sns",
  account = {},
  env = {},
}: EvaluateOptions): Promise<Graph> {
  const bundling = bundled.get(fanOut) ?? installPlatform().then(() => bundleProgram(fanOut));
  bundled.set(fanOut, bundling);
  const program = await bundling;
  const work = mkdtempSync(join(platform, "test-"));
  const builds: FunctionBuild[] = [];
  const server = await serveSst(work, builds, account);
  const output = join(work, "graph.json");
  try {
    const globals = {
      $app: { name: "eventfork", stage },
      $dev: isDev,
      $cli: {
        command: isDev ? "dev" : "deploy",
        rpc: "",
        home: "aws",
        paths: { root: repositoryRoot, work, platform, home: work, artifacts: work },
        state: { version: {} },
      },
    };
    const preload = join(work, "globals.mjs");
    writeFileSync(preload, `Object.assign(globalThis, ${JSON.stringify(globals)});`);
    const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
    const printed = await runCommand(process.execPath, ["--import", preload, program, output], {
      PATH,
      HOME,
      NODE_COMPILE_CACHE,
      SST_SERVER: server.url,
      SST_AWS_REGION: "us-east-1",
      SST_AWS_ACCESS_KEY_ID: "AKIATEST",
      SST_AWS_SECRET_ACCESS_KEY: "secret-of-the-account",
      AWS_ENDPOINT_URL: server.url,
      NODE_NO_WARNINGS: "1",
      ...env,
    });
    const { resources, failure } = JSON.parse(readFileSync(output, "utf8"));
    return { resources, builds, failure, output: printed };
  } finally {
    server.close();
    rmSync(work, { recursive: true, force: true });
  }
}

// Inside the platform, so that Node resolves the platform's Pulumi.
async function bundleProgram(fanOut: EvaluatedFanOut): Promise<string> {
  const outfile = join(platform, `test-program-${fanOut}-${process.pid}.mjs`);
  const inject = join(platform, `test-inject-${fanOut}-${process.pid}.mjs`);
  writeFileSync(inject, 'export * as sst from "./src/components/index";\nexport * as aws from "@pulumi/aws";\n');
  await build({
    entryPoints: [join(repositoryRoot, "infra/testing/graph/program.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    mainFields: ["module", "main"],
    inject: [inject, join(platform, "src/shim/run.js")],
    nodePaths: [join(platform, "node_modules")],
    packages: "external",
    logLevel: "error",
    plugins: [chooseFanOut(fanOut)],
    banner: {
      js: 'import { createRequire as __make } from "node:module"; const require = __make(import.meta.url); const __dirname = import.meta.dirname;',
    },
  });
  return outfile;
}

async function serveSst(work: string, builds: FunctionBuild[], account: Partial<AccountAnswers>) {
  const bundle = join(work, "bundle");
  mkdirSync(bundle);
  writeFileSync(join(bundle, "index.mjs"), "export const handler = () => {};\n");
  const server = createServer((request, response) => {
    if (answerAccount(request, response, account)) return;
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { method, params } = JSON.parse(body);
      if (method === "Runtime.Build" || method === "Runtime.AddTarget") builds.push(params[0]);
      const result =
        method === "Runtime.Build" ? { handler: "index.handler", out: bundle, sourcemaps: [], errors: [] } : {};
      response.end(JSON.stringify({ result }));
    });
  });
  // A closed idle connection may meet the next request.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function chooseFanOut(fanOut: EvaluatedFanOut): Plugin {
  return {
    name: "choose-fan-out",
    setup: ({ onLoad }) =>
      onLoad({ filter: /core\/src\/topology\/index\.ts$/ }, ({ path }) => {
        const [before, after, ...more] = readFileSync(path, "utf8").split(
          /(?<=^export const fanOut: .+ = )"\w+"(?=;$)/m,
        );
        if (after === undefined || more.length > 0) throw new Error("topology does not have its fanOut in one line");
        return { contents: `${before}${JSON.stringify(fanOut)}${after}`, loader: "ts" };
      }),
  };
}
