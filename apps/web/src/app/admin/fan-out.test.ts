import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FanOut } from "@eventfork/core/topology";
import { build, transformSync } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { chooseFanOut } from "../../../../../packages/core/src/testing/choose-fan-out.ts";
import type { readText } from "./rules/[integration]/policy-text.ts";

const web = fileURLToPath(new URL("../../..", import.meta.url));
const root = join(web, "../..");

type Screens = { said: Record<string, unknown>; readRule: typeof readText };

/** The screens in a bundle whose `topology` chooses this, as a build of the web app makes it. */
async function bundleScreens(fanOut: FanOut): Promise<Screens> {
  // Below the web app, so that its packages are found.
  const folder = mkdtempSync(join(web, "node_modules/.fan-out-"));
  const outfile = join(folder, "screens.mjs");
  try {
    await build({
      entryPoints: [join(web, "src/testing/fan-out-screens.tsx")],
      tsconfig: join(web, "tsconfig.json"),
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      jsx: "automatic",
      logLevel: "error",
      plugins: [chooseFanOut(fanOut)],
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let topic: Screens;
let bus: Screens;

beforeAll(async () => {
  topic = await bundleScreens("sns");
  bus = await bundleScreens("eventbridge");
});

test("screens call what fans out by its name: a topic of SNS, or a bus of EventBridge", () => {
  expect(topic.said).toEqual({
    flow: ["Topic"],
    troubles: ["SNS has not accepted events for more than a minute"],
    published: "Published: SNS took it",
    applied: expect.stringMatching(/Accepted by SNS.*SNS takes up to 15 minutes/),
  });
  expect(bus.said).toEqual({
    flow: ["Bus"],
    troubles: ["EventBridge has not accepted events for more than a minute"],
    published: "Published: EventBridge took it",
    applied: expect.stringMatching(/Accepted by EventBridge.*EventBridge takes a short time/),
  });
});

test("what a bus could not have is said while a rule is typed, each at its place; a topic has it", () => {
  const text = '{"data":{"coupon":[{"exists":true}]},"a.b":["x"]}';
  expect(topic.readRule(text)).toMatchObject({ problems: [], sentence: expect.any(String) });
  const { problems, sentence } = bus.readRule(text);
  expect(problems.map(({ path, from, to }) => [path, text.slice(from, to)])).toEqual([
    ["data.coupon[0].exists", '"exists":true'],
    ['["a.b"]', '"a.b":["x"]'],
  ]);
  expect(problems[0]?.message).toMatch(/Write \[\{"anything-but":""\}\]/);
  expect(sentence).toBeNull();
  expect(bus.readRule('{"data":{"coupon":[]}}').problems).toEqual(topic.readRule('{"data":{"coupon":[]}}').problems);
  expect(bus.readRule('{"type":["user.signed_up"]}').problems).toEqual([]);
});

/** A file's code, line by line, without its comments and its types. */
function codeOf(path: string): string[] {
  const loader = path.endsWith(".tsx") ? "tsx" : "ts";
  return transformSync(readFileSync(join(root, path), "utf8"), {
    loader,
    jsx: "automatic",
    charset: "utf8",
  }).code.split("\n");
}

test("no screen and no command names a service, a topic or a subscription by itself: topology has the words", () => {
  const paths = globSync(["apps/web/src/**/*.{ts,tsx}", "packages/cli/src/**/*.ts"], { cwd: root }).filter(
    (path) => !/\.test\.ts$|\/testing\//.test(path),
  );
  const found = paths.flatMap((path) =>
    codeOf(path)
      .filter((line) => /\bSNS\b|\bEventBridge\b|\bsubscriptions?\b|\b[Tt]opic\b/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(paths.length).toBeGreaterThan(300);
  expect(found).toEqual([]);
});
