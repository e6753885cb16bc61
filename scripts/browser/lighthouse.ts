// `npm run lighthouse`: scores pages and weighs their JavaScript. Options:
//   --built          uses the last build
//   --only PATH      one page
//   --runs N         default 3; the median counts
//   --stack READY    a running stack's line "ready {…}"
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type BrowserContext, chromium } from "@playwright/test";
import { logIn, memberPages, publicPages } from "../../e2e/support/browser.ts";
import type { Ready } from "../../e2e/support/stack.ts";
import { findBrowser, loadTool } from "../programs.ts";
import { choose, stackOptions, withStack } from "./given-stack.ts";

type Audited = { path: string; isPublic: boolean; least: Readonly<Record<string, number>> };

const debuggingPort = 9_223;

const attempts = 3;
const kilobyte = 1_000;

const audited: readonly Audited[] = [
  { path: "/sign-up", isPublic: true, least: { performance: 95, accessibility: 100, "best-practices": 100 } },
  { path: "/login", isPublic: true, least: { performance: 95, accessibility: 100, "best-practices": 100 } },
  { path: "/admin", isPublic: false, least: { performance: 85, accessibility: 100, "best-practices": 100 } },
];

const publicKilobytes = 150;
const adminKilobytes = 300;

type Line = { what: string; is: number; limit: string; isHeld: boolean; why?: string[] };

type Report = {
  categories: Readonly<Record<string, { score: number | null; auditRefs: readonly { id: string; weight: number }[] }>>;
  audits: Readonly<Record<string, { score: number | null; displayValue?: string }>>;
  runtimeError?: { code: string; message: string };
  finalDisplayedUrl: string;
};

type Lighthouse = (
  url: string,
  flags: { port: number; onlyCategories: string[]; logLevel: "error" },
) => Promise<{ lhr: Report } | undefined>;

const { default: lighthouse } = await loadTool<{ default: Lighthouse }>("lighthouse");

async function audit(web: string, path: string, onlyCategories: string[], left = attempts): Promise<Report> {
  const result = await lighthouse(`${web}${path}`, { port: debuggingPort, onlyCategories, logLevel: "error" });
  if (result === undefined) throw new Error(`Lighthouse said nothing of ${path}`);
  const { runtimeError, finalDisplayedUrl } = result.lhr;
  if (runtimeError?.code === "NO_NAVSTART" && left > 1) return audit(web, path, onlyCategories, left - 1);
  if (runtimeError !== undefined) throw new Error(`Lighthouse could not measure ${path}: ${runtimeError.message}`);
  if (new URL(finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${finalDisplayedUrl}`);
  return result.lhr;
}

/** The median, as Lighthouse advises: load changes a score by ten or more. */
async function score(web: string, { path, least }: Audited, runs: number): Promise<Line[]> {
  const reports: Report[] = [];
  for (let i = 0; i < runs; i += 1) reports.push(await audit(web, path, Object.keys(least)));
  reports.sort((a, b) => (a.categories.performance?.score ?? 0) - (b.categories.performance?.score ?? 0));
  const { categories, audits } = reports[Math.floor(reports.length / 2)] as Report;
  return Object.entries(least).map(([name, limit]) => {
    const is = Math.round((categories[name]?.score ?? 0) * 100);
    const lost = (categories[name]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => `${id} ${audits[id]?.displayValue ?? ""}`.trim());
    return { what: `${path}: ${name}`, is, limit: `≥ ${limit}`, isHeld: is >= limit, why: lost };
  });
}

async function weigh(known: BrowserContext, web: string, path: string, limit: number): Promise<Line> {
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? "",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const context = await browser.newContext({ storageState: await known.storageState() });
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script") return;
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    );
  });
  await page.goto(`${web}${path}`, { waitUntil: "load" });
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await browser.close();
  const is = Math.round(bytes / kilobyte);
  return { what: `${path}: JavaScript, kB`, is, limit: `≤ ${limit}`, isHeld: is <= limit };
}

type Measured = {
  path: string;
  isPublic: boolean;
  measure: (context: BrowserContext, web: string, runs: number) => Promise<Line[]>;
};

const weighing = (paths: readonly string[], isPublic: boolean, limit: number): Measured[] =>
  paths.map((path) => ({
    path,
    isPublic,
    measure: async (context, web) => [await weigh(context, web, path, limit)],
  }));
const scoring = (isPublic: boolean): Measured[] =>
  audited
    .filter((page) => page.isPublic === isPublic)
    .map((page) => ({ path: page.path, isPublic, measure: (_, web, runs) => score(web, page, runs) }));

const all: readonly Measured[] = [
  ...weighing(publicPages, true, publicKilobytes),
  ...scoring(true),
  ...weighing(memberPages, false, adminKilobytes),
  ...scoring(false),
];

async function measure(
  chosen: readonly Measured[],
  { web, admin }: Pick<Ready, "web" | "admin">,
  runs: number,
  executablePath: string,
): Promise<Line[]> {
  const profile = mkdtempSync(join(tmpdir(), "eventfork-lighthouse-"));
  const open = () =>
    chromium.launchPersistentContext(profile, {
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${debuggingPort}`],
    });
  let context = await open();
  try {
    const lines: Line[] = [];
    for (const one of chosen.filter(({ isPublic }) => isPublic)) lines.push(...(await one.measure(context, web, runs)));
    const others = chosen.filter(({ isPublic }) => !isPublic);
    if (others.length === 0) return lines;
    // Lighthouse leaves settings in the browser.
    await context.close();
    context = await open();
    await logIn(await context.newPage(), web, admin);
    for (const one of others) lines.push(...(await one.measure(context, web, runs)));
    return lines;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("No Chromium was found. Install one, or set CHROMIUM_PATH.");
  const { values } = parseArgs({ options: { ...stackOptions, runs: { type: "string", default: "3" } } });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs}: should be 1 or more`);
  const chosen = choose(all, values.only, ({ path }) => path);
  await withStack(values, "dev", async (stack) => report(await measure(chosen, stack, runs, executablePath)));
}

function report(lines: readonly Line[]): void {
  for (const { what, is, limit, isHeld, why = [] } of lines) {
    console.log(
      `${isHeld ? "ok  " : "OVER"}  ${what.padEnd(44)} ${String(is).padStart(4)}   ${limit}   ${why.join(", ")}`,
    );
  }
  if (lines.some(({ isHeld }) => !isHeld)) process.exitCode = 1;
}

await main();
