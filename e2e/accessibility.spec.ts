import { mkdirSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { logIn, newPage } from "./browser.ts";
import { newPerson, signUp } from "./people.ts";
import { eventually, hasAll, readReceived } from "./sandbox.ts";
import { type RunningStack, startStack } from "./stack.ts";

const pictures = "test-results/screens";

let stack: RunningStack;
let personId = "";
let eventId = "";

test.beforeAll(async () => {
  test.setTimeout(180_000);
  mkdirSync(pictures, { recursive: true });
  stack = await startStack({ web: "built" });
  const person = await signUp(stack.web, newPerson('<script>alert("hello")</script> ليلى 👩‍🚀'));
  personId = person.id;
  await eventually(() => readReceived(stack.sandbox, person), hasAll);
});
test.afterAll(async () => {
  await stack.stop();
});

const publicPaths = [
  "/",
  "/sign-up",
  "/login",
  "/forgot-password",
  "/reset-password?token=x",
  "/verify-email?error=x",
  "/nowhere",
];
const adminPaths = () => [
  "/account",
  "/admin",
  "/admin/events",
  `/admin/events/${eventId}`,
  "/admin/deliveries",
  "/admin/integrations",
  "/admin/integrations/slack",
  "/admin/rules/slack",
  "/admin/dead-letters",
  "/admin/replays",
  "/admin/people",
  `/admin/people/${personId}`,
  "/admin/keys",
  "/admin/audit",
  "/admin/system",
];

/** Looks at a page as axe does, takes its picture wide and narrow, and hears what its policy has refused and what has failed. */
async function inspect(page: Page, path: string, scheme: string): Promise<string[]> {
  const refused: string[] = [];
  const hear = (message: { type: () => string; text: () => string }) => {
    // The page that is not there is a failed load of its own.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      refused.push(message.text());
  };
  page.on("console", hear);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${stack.web}${path}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  const name = path.replaceAll(/[^a-z]+/g, "-").replace(/^-/, "") || "landing";
  // A caret that is hidden for the picture is a style that a page which is not hydrated yet would complain of.
  const picture = { fullPage: true, caret: "initial" } as const;
  await page.screenshot({ path: `${pictures}/${name}.${scheme}.1440.png`, ...picture });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: `${pictures}/${name}.${scheme}.390.png`, ...picture });
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  page.off("console", hear);
  const found = violations.map(
    ({ id, nodes }) => `${path} ${scheme}: ${id} ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
  );
  if (overflow > 0) found.push(`${path} ${scheme}: ${overflow} px wider than the phone`);
  return [...found, ...refused.map((text) => `${path}: ${text}`)];
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe, a phone and the policy have nothing against any page (${colorScheme})`, async ({ browser }) => {
    test.setTimeout(300_000);
    const page = await newPage(browser, { colorScheme });
    const found: string[] = [];
    for (const path of publicPaths) found.push(...(await inspect(page, path, colorScheme)));
    await logIn(page, stack.web, stack.admin);
    await page.goto(`${stack.web}/admin/people/${personId}`);
    await page.getByRole("region", { name: "Events" }).getByRole("link").first().click();
    await page.waitForURL("**/admin/events/**");
    eventId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    for (const path of adminPaths()) found.push(...(await inspect(page, path, colorScheme)));
    expect(found).toEqual([]);
  });
}

test("what somebody calls themselves is text on every page", async ({ browser }) => {
  const page = await newPage(browser);
  let alerts = 0;
  page.on("dialog", (dialog) => {
    alerts += 1;
    void dialog.dismiss();
  });
  await logIn(page, stack.web, stack.admin);
  for (const path of [`/admin/people/${personId}`, "/admin/people", "/admin/events", "/admin/deliveries"]) {
    await page.goto(`${stack.web}${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await page.goto(`${stack.web}/admin/people/${personId}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("<script>alert");
  expect(alerts).toBe(0);
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

/** Presses Tab until the control of that name has the focus, and sees that the focus shows. */
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
