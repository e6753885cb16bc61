import { type Browser, expect, type Locator, type Page } from "@playwright/test";

let contexts = 0;

/** A page of a browser of its own, from an address of its own: log-ins from one address are limited. */
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

/** A form of our own checks its fields itself from then on, and is sent by script. Before, a browser does both. */
export async function waitUntilHydrated(page: Page): Promise<void> {
  await expect(page.locator("form")).toHaveAttribute("novalidate");
}

/**
 * Replaces what a code editor holds as a person does, by its own "select all". Playwright's `fill` selects without telling
 * the editor, and what that draws before the text comes takes the selection away.
 */
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

/** Charts come once their page is hydrated, editors when they are first seen: each is seen, and has come. */
export async function seeAll(page: Page): Promise<void> {
  const toCome = page.locator("[data-slot=skeleton], [aria-busy=true]").filter({ visible: true });
  await expect(async () => {
    await page.evaluate(scrollThrough);
    await expect(toCome).toHaveCount(0, { timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}
