import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, expect, type Locator, type Page } from "@playwright/test";

let contexts = 0;

export async function newPage(browser: Browser, options: { colorScheme?: "light" | "dark" } = {}): Promise<Page> {
  const context = await browser.newContext({ extraHTTPHeaders: nextAddress(), ...options });
  return context.newPage();
}

export function nextAddress(): Record<string, string> {
  contexts += 1;
  return { "x-forwarded-for": `10.${process.pid % 256}.1.${contexts}` };
}

export async function logIn(page: Page, web: string, { email, password }: { email: string; password: string }) {
  await page.setExtraHTTPHeaders(nextAddress());
  await page.goto(`${web}/login`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
}

/** Before hydration a browser checks and sends the form itself. */
export async function waitUntilHydrated(page: Page): Promise<void> {
  await expect(page.locator("form")).toHaveAttribute("novalidate");
}

/** Playwright's `fill` bypasses the editor, which then drops the selection. */
export async function fillCode(editor: Locator, text: string): Promise<void> {
  await editor.press("ControlOrMeta+a");
  await editor.page().keyboard.insertText(text);
}

const scrollThrough = `(async () => {
  const toNextFrame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight) {
    scrollTo({ top, behavior: "instant" });
    await toNextFrame();
  }
  scrollTo({ top: 0, behavior: "instant" });
})()`;

export async function seeAll(page: Page): Promise<void> {
  const toCome = page.locator("[data-slot=skeleton], [aria-busy=true]").filter({ visible: true });
  await expect(async () => {
    await page.evaluate(scrollThrough);
    await expect(toCome).toHaveCount(0, { timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}

const app = fileURLToPath(new URL("../../apps/web/src/app", import.meta.url));

const found = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file) && !file.includes("["))
  .map((file) => `/${file.replace("(public)/", "").replace(/\/?page\.tsx$/, "")}`)
  .sort();

const ofOne = ["/admin/integrations/slack", "/admin/rules/slack"];

const isMembers = (path: string) => path.startsWith("/admin") || path === "/account";

export const publicPages = found.filter((path) => !isMembers(path));

export const memberPages = [...found.filter((path) => isMembers(path) && path !== "/admin/rules"), ...ofOne];
