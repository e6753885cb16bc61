import { type Browser, expect, type Page } from "@playwright/test";
import { nextAddress } from "../support/browser.ts";
import { type NewPerson, newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readReceived } from "../support/sandbox.ts";
import { test } from "../support/stack.ts";

const pictures = "test-results/screens";

async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, extraHTTPHeaders: nextAddress() });
  return context.newPage();
}

async function fill(page: Page, person: Partial<NewPerson>): Promise<void> {
  if (person.name !== undefined) await page.getByLabel("Name").fill(person.name);
  if (person.email !== undefined) await page.getByLabel("Email").fill(person.email);
  if (person.password !== undefined) await page.getByLabel("Password").fill(person.password);
}

async function takePictures(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${pictures}/without-javascript-${name}.${width}.png` });
  }
}

test("without JavaScript a form shows problems at its fields, keeps its values, and signs a person up", async ({
  browser,
  stack,
}) => {
  const [known, person] = [newPerson(), newPerson("Grace Hopper")];
  await signUp(stack.web, known);
  const page = await openPage(browser);
  await page.goto(`${stack.web}/sign-up`);
  await fill(page, { ...person, name: " ", email: known.email });
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Name")).toHaveAccessibleDescription("Give your name.");
  await expect(page.getByLabel("Email")).toHaveValue(known.email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await expect(page.getByRole("checkbox")).toBeChecked();

  await fill(page, { name: person.name, password: person.password });
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(/already/);
  await expect(page.getByLabel("Name")).toHaveValue(person.name);
  expect(page.url()).toBe(`${stack.web}/sign-up`);
  expect(await page.content()).not.toContain(person.password);
  await takePictures(page, "sign-up");

  await fill(page, { email: person.email, password: person.password });
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Hello, Grace Hopper" })).toBeVisible();
  expect(page.url()).toBe(`${stack.web}/account`);
  const { user } = await (await page.request.get(`${stack.web}/api/auth/get-session`)).json();
  expect(user.marketingConsent).toBe(true);
  const received = await eventually(() => readReceived(stack.sandbox, { id: user.id, email: person.email }), hasAll);
  expect(received).toEqual(everythingOnce);
});

test("without JavaScript a log-in leads an operator to the requested page, also after a wrong password", async ({
  browser,
  stack,
}) => {
  const page = await openPage(browser);
  await page.goto(`${stack.web}/admin/deliveries`);
  await fill(page, { email: stack.admin.email, password: "not my password" });
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/^Wrong e-mail address or password/);
  await expect(page.getByLabel("Email")).toHaveValue(stack.admin.email);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await takePictures(page, "login");
  await fill(page, { password: stack.admin.password });
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${stack.web}/admin/deliveries`);
  await expect(page.getByRole("navigation").getByRole("link", { name: "Deliveries" })).toBeVisible();
});

test("without JavaScript a form that needs it shows a notice", async ({ browser, stack }) => {
  const page = await openPage(browser);
  await page.goto(`${stack.web}/forgot-password`);
  await expect(page.locator("noscript [role=alert]")).toHaveText(/needs JavaScript/);
});

test("a form of 1 MB or from another site is refused, and no JSON endpoint accepts a form", async ({ stack }) => {
  const form = "application/x-www-form-urlencoded";
  const person = newPerson();
  const body = new URLSearchParams({ ...person }).toString();
  const post = (path: string, type: string, text: string, origin: string) =>
    fetch(`${stack.web}${path}`, { method: "POST", headers: { "content-type": type, origin }, body: text });
  const statuses = [
    await post("/api/forms/sign-up", form, `${body}&more=${"x".repeat(1_024 * 1_024)}`, stack.web),
    await post("/api/forms/sign-up", form, body, "https://evil.example"),
    await post("/api/forms/sign-up", form, body, "null"),
    await post("/api/forms/sign-up", `application/json, ${form}`, body, stack.web),
    await post("/api/auth/sign-up/email", form, body, stack.web),
    await post(
      "/api/auth/sign-up/email",
      "application/json",
      JSON.stringify({ x: "x".repeat(1_024 * 1_024) }),
      stack.web,
    ),
    await post("/api/trpc/account.rename", form, body, stack.web),
    await post("/api/trpc/account.rename", "application/json", `"${"x".repeat(1_024 * 1_024)}"`, stack.web),
  ].map(({ status }) => status);
  expect(statuses).toEqual([413, 403, 403, 415, 415, 413, 415, 413]);
});
