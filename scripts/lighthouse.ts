// `npm run lighthouse`: builds the web app (unless it is told `--built`), runs Lighthouse on a phone's settings, and weighs the JavaScript of every page.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { logIn } from "../e2e/browser.ts";
import { memberPages, publicPages } from "../e2e/pages.ts";
import { type RunningStack, startStack } from "../e2e/stack.ts";
import build from "../e2e/testing/global-setup.ts";
import { findBrowser } from "./find-browser.ts";

const debuggingPort = 9_223;
const kilobyte = 1_000;

/** The least that Lighthouse may score, of 100. */
const audited = [
  { path: "/sign-up", least: { performance: 95, accessibility: 100, "best-practices": 100 } },
  { path: "/login", least: { performance: 95, accessibility: 100, "best-practices": 100 } },
  { path: "/admin", least: { performance: 85, accessibility: 100, "best-practices": 100 } },
];

/** The most JavaScript that a page may load before anybody touches it, in kilobytes as they are sent. */
const publicKilobytes = 130;
const adminKilobytes = 300;

type Line = { what: string; is: number; limit: string; isHeld: boolean; why?: string[] };

async function score(web: string, { path, least }: (typeof audited)[number]): Promise<Line[]> {
  const onlyCategories = Object.keys(least);
  const result = await lighthouse(`${web}${path}`, { port: debuggingPort, onlyCategories, logLevel: "error" });
  if (result === undefined) throw new Error(`Lighthouse said nothing of ${path}`);
  const { categories, audits, finalDisplayedUrl } = result.lhr;
  if (new URL(finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${finalDisplayedUrl}`);
  return Object.entries(least).map(([name, limit]) => {
    const is = Math.round((categories[name]?.score ?? 0) * 100);
    const lost = (categories[name]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => `${id} ${audits[id]?.displayValue ?? ""}`.trim());
    return { what: `${path}: ${name}`, is, limit: `≥ ${limit}`, isHeld: is >= limit, why: lost };
  });
}

/** As for somebody who comes first: in a browser that has kept nothing but who is logged in. */
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

async function measure(stack: RunningStack, executablePath: string): Promise<Line[]> {
  const profile = mkdtempSync(join(tmpdir(), "eventfork-lighthouse-"));
  const open = () =>
    chromium.launchPersistentContext(profile, {
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${debuggingPort}`],
    });
  let context = await open();
  try {
    const lines: Line[] = [];
    for (const path of publicPages) lines.push(await weigh(context, stack.web, path, publicKilobytes));
    for (const one of audited.slice(0, 2)) lines.push(...(await score(stack.web, one)));
    // Lighthouse leaves its own settings behind in the browser.
    await context.close();
    context = await open();
    await logIn(await context.newPage(), stack.web, stack.admin);
    for (const path of memberPages) lines.push(await weigh(context, stack.web, path, adminKilobytes));
    for (const one of audited.slice(2)) lines.push(...(await score(stack.web, one)));
    return lines;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("No Chromium was found. Install one, or set CHROMIUM_PATH.");
  if (!process.argv.includes("--built")) build();
  const stack = await startStack({ web: "built" });
  const lines = await measure(stack, executablePath).finally(() => stack.stop());
  for (const { what, is, limit, isHeld, why = [] } of lines) {
    console.log(
      `${isHeld ? "ok  " : "OVER"}  ${what.padEnd(44)} ${String(is).padStart(4)}   ${limit}   ${why.join(", ")}`,
    );
  }
  if (lines.some(({ isHeld }) => !isHeld)) process.exitCode = 1;
}

await main();
