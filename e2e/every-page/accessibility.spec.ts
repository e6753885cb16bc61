import { mkdirSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { logIn, memberPages, newPage, publicPages, seeAll } from "../support/browser.ts";
import { newPerson, signUp } from "../support/people.ts";
import { eventually, hasAll, readReceived } from "../support/sandbox.ts";
import type { RunningStack } from "../support/stack.ts";
import { test } from "../support/stack.ts";

/** `PICTURES=FOLDER npm run test:e2e` leaves a picture of every page for a person to look at. */
const pictures = process.env.PICTURES;

let stack: RunningStack;
let personId = "";
let eventId = "";

test.beforeAll(async ({ stack: shared }) => {
  if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  stack = shared;
  const person = await signUp(stack.web, newPerson());
  personId = person.id;
  await eventually(() => readReceived(stack.sandbox, person), hasAll);
});

const publicPaths = [
  ...publicPages.map(
    (path) => ({ "/reset-password": `${path}?token=x`, "/verify-email": `${path}?error=x` })[path] ?? path,
  ),
  "/nowhere",
];
const adminPaths = () => [...memberPages, `/admin/events/${eventId}`, `/admin/people/${personId}`];

const schemes = ["light", "dark"] as const;

async function change(page: Page, colorScheme: (typeof schemes)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator("html")).toHaveClass(new RegExp(colorScheme));
}

async function inspect(page: Page, path: string): Promise<string[]> {
  const found: string[] = [];
  const hear = (message: { type: () => string; text: () => string }) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      found.push(`${path}: ${message.text()}`);
  };
  page.on("console", hear);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${stack.web}${path}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await seeAll(page);
  const name = path.replaceAll(/[^a-z]+/g, "-").replace(/^-/, "") || "landing";
  // Hiding the caret would change the HTML before hydration.
  const takePicture = async (scheme: string, width: number) => {
    if (pictures === undefined) return;
    await page.screenshot({ path: `${pictures}/${name}.${scheme}.${width}.png`, fullPage: true, caret: "initial" });
  };
  for (const scheme of schemes) {
    await change(page, scheme);
    await takePicture(scheme, 1440);
    // Legacy mode: no page has frames of other origins.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // Only colors differ in the dark theme.
    if (scheme === "dark") axe.withRules("color-contrast");
    else axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    const { violations } = await axe.analyze();
    for (const { id, nodes } of violations) {
      found.push(`${path} ${scheme}: ${id} ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
    }
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const scheme of schemes) {
    await change(page, scheme);
    await takePicture(scheme, 390);
  }
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  if (overflow > 0) found.push(`${path}: ${overflow} px wider than the phone`);
  page.off("console", hear);
  return found;
}

test("every page passes axe, fits a phone and obeys its policy, light and dark", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await newPage(browser);
  const found: string[] = [];
  for (const path of publicPaths) found.push(...(await inspect(page, path)));
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/people/${personId}`);
  await page.getByRole("region", { name: "Events" }).getByRole("link").first().click();
  await page.waitForURL("**/admin/events/**");
  eventId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  for (const path of adminPaths()) found.push(...(await inspect(page, path)));
  expect(found).toEqual([]);
});

test("a person signs up with the keyboard alone", async ({ browser }) => {
  const person = newPerson();
  const page = await newPage(browser);
  await page.goto(stack.web);
  await tabTo(page, "Create an account");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/sign-up");
  await page.getByLabel("Name").waitFor();
  await tabTo(page, "Name");
  await page.keyboard.type(person.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await expect(page.getByRole("checkbox")).toBeChecked();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/account");
});

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate<{ name: string; outline: string }>(`(() => {
      const element = document.activeElement;
      const text = element.labels?.[0]?.textContent ?? element.textContent;
      return { name: text.trim(), outline: getComputedStyle(element).outlineStyle };
    })()`);
    if (focus.name !== name) continue;
    expect(focus.outline, `the focus on ${name}`).not.toBe("none");
    return;
  }
  throw new Error(`${name} is not reached with Tab`);
}
