// `npm run screenshots`: takes the README's images of a demo. Options:
//   --built          uses the last build
//   --only NAME      one image
//   --to FOLDER      instead of docs/images
//   --stack READY    a running demo's line "ready {…}"
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import sharp from "sharp";
import { logIn, newPage, seeAll } from "../../e2e/support/browser.ts";
import type { Ready } from "../../e2e/support/stack.ts";
import { waitFor } from "../../packages/local/src/supervisor/index.ts";
import { findBrowser } from "../programs.ts";
import { choose, stackOptions, withStack } from "./given-stack.ts";

const standardFolder = fileURLToPath(new URL("../../docs/images", import.meta.url));
const width = 1440;
const mostBytes = 250_000;
const loadsWithinMs = 30_000;
const reconciledWithinMs = 180_000;

type Picture = {
  name: string;
  path: string;
  height: number;
  prepare?: (page: Page) => Promise<void>;
};

const pictures: readonly Picture[] = [
  { name: "overview", path: "/admin?range=7d", height: 1_406 },
  {
    name: "event",
    path: "/admin/events?search=qa%2Bnightly%40test.example.com&type=user.signed_up",
    height: 1_000,
    prepare: (page) => follow(page, "/admin/events/evt_"),
  },
  { name: "rule", path: "/admin/rules/slack", height: 1_180, prepare: draftTooMuch },
  { name: "dead-letters", path: "/admin/dead-letters", height: 1_000 },
];

async function follow(page: Page, start: string): Promise<void> {
  await page.locator(`main a[href^="${start}"]`).first().click();
  await page.waitForURL((url) => url.pathname.startsWith(start));
}

async function draftTooMuch(page: Page): Promise<void> {
  await page
    .getByRole("textbox", { name: /^Value/ })
    .first()
    .fill("example.com");
  await waitFor("the preview of a draft that loses something", loadsWithinMs, async () => {
    const text = await page.locator("main").innerText();
    const [now, draft] = [...text.matchAll(/matches\s+([\d,]+)/g)].map(([, count]) => count);
    return now !== draft;
  });
}

async function settle(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).waitFor({ timeout: loadsWithinMs });
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await seeAll(page);
  await page.evaluate("document.fonts.ready.then(() => true)");
}

async function take(page: Page, web: string, picture: Picture, file: string): Promise<number> {
  await page.setViewportSize({ width, height: picture.height });
  await page.goto(`${web}${picture.path}`);
  await settle(page);
  await picture.prepare?.(page);
  await settle(page);
  const taken = await page.screenshot({ animations: "disabled", caret: "hide" });
  const { size } = await sharp(taken).png({ palette: true, quality: 90, effort: 10 }).toFile(file);
  return size;
}

async function sendOverdue(page: Page, web: string): Promise<void> {
  await page.goto(`${web}/admin`);
  await settle(page);
  await page.getByRole("button", { name: "Resend…" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Replay/ })
    .click();
  await page.waitForURL((url) => url.pathname.startsWith("/admin/replays/"), { timeout: loadsWithinMs });
  // Reconciliation runs every minute; more become overdue meanwhile.
  await waitFor("an overview with nothing overdue", reconciledWithinMs, async () => {
    await page.goto(`${web}/admin`);
    await settle(page);
    return !/overdue|\n0 a minute/.test(await page.locator("main").innerText());
  });
}

type Taking = { browser: Browser; chosen: readonly Picture[]; folder: string; isReconciled: boolean };

async function takeAll(taking: Taking, { web, admin }: Pick<Ready, "web" | "admin">): Promise<void> {
  const { browser, chosen, folder, isReconciled } = taking;
  await mkdir(folder, { recursive: true });
  for (const [index, colorScheme] of (["light", "dark"] as const).entries()) {
    const page = await newPage(browser, { colorScheme });
    await logIn(page, web, admin);
    if (index === 0 && isReconciled) await sendOverdue(page, web);
    for (const picture of chosen) {
      const name = `${picture.name}-${colorScheme}.png`;
      const bytes = await take(page, web, picture, join(folder, name));
      console.log(`${bytes > mostBytes ? "LARGE" : "ok   "}  ${name}  ${Math.round(bytes / 1_000)} kB`);
      if (bytes > mostBytes) process.exitCode = 1;
    }
    await page.context().close();
  }
}

async function main(): Promise<void> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("No Chromium was found. Install one, or set CHROMIUM_PATH.");
  const { values } = parseArgs({ options: { ...stackOptions, to: { type: "string", default: standardFolder } } });
  const chosen = choose(pictures, values.only, ({ name }) => name);
  await withStack(values, "demo", async (stack) => {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const taking = { browser, chosen, folder: values.to, isReconciled: values.only === undefined };
    await takeAll(taking, stack).finally(() => browser.close());
  });
}

await main();
