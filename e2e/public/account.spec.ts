import { expect } from "@playwright/test";
import { logIn, newPage, waitUntilHydrated } from "../support/browser.ts";
import { callAuth, newPerson, signUp } from "../support/people.ts";
import { readLink } from "../support/sandbox.ts";
import { test } from "../support/stack.ts";

test("a mailed link resets a forgotten password, and the old one stops working", async ({ browser, stack }) => {
  const person = newPerson();
  await signUp(stack.web, person);
  const page = await newPage(browser);
  await page.goto(`${stack.web}/login`);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await page.getByLabel("Email").fill("nobody@lovelace.dev");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("If nobody@lovelace.dev has an account")).toBeVisible();
  await page.getByLabel("Email").fill(person.email);
  await page.getByRole("button", { name: "Send it again" }).click();
  await expect(page.getByText(`If ${person.email} has an account`)).toBeVisible();

  const link = await readLink(stack.sandbox, person.email, "Choose a new password");
  await page.goto(link);
  await waitUntilHydrated(page);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Set the new password" }).click();
  await expect(page.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("New password")).toHaveValue("short");
  await page.getByLabel("New password").fill("quite another password");
  await page.getByRole("button", { name: "Set the new password" }).click();
  await expect(page.getByText("Your new password is set.")).toBeVisible();
  expect((await callAuth(stack.web, "sign-in/email", person)).status).toBe(401);
  await page.getByRole("link", { name: "Log in with it" }).click();
  await logIn(page, stack.web, { ...person, password: "quite another password" });
  await expect(page).toHaveURL(/\/account$/);

  await page.context().clearCookies();
  await page.goto(link);
  await page.getByLabel("New password").fill("a third password");
  await page.getByRole("button", { name: "Set the new password" }).click();
  await expect(page.getByText(/has expired or was used/)).toBeVisible();
});

test("a person changes name and password, ends sessions and deletes the account, by keyboard alone", async ({
  browser,
  stack,
}) => {
  const person = newPerson("Grace Hopper");
  await signUp(stack.web, person);
  const other = await newPage(browser);
  await logIn(other, stack.web, person);
  const page = await newPage(browser);
  await logIn(page, stack.web, person);

  await page.getByLabel("Name", { exact: true }).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Rear Admiral Hopper");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Hello, Rear Admiral Hopper" })).toBeVisible();

  const password = page.getByRole("region", { name: "Password" });
  await password.getByLabel("Current password").fill("not my password");
  await password.getByLabel("New password").fill("another long password");
  await page.keyboard.press("Enter");
  await expect(password.getByText("This is not your password.")).toBeVisible();
  await password.getByLabel("Current password").fill(person.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Your password is changed, and every other session is ended.")).toBeVisible();
  await other.goto(`${stack.web}/account`);
  await expect(other).toHaveURL(/\/login/);

  await logIn(other, stack.web, { ...person, password: "another long password" });
  await page.reload();
  await page.getByRole("button", { name: "End all others" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Every other session is ended.")).toBeVisible();
  await other.reload();
  await expect(other).toHaveURL(/\/login/);

  await page.getByRole("button", { name: "Delete the account…" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("not my password");
  await page.keyboard.press("Enter");
  await expect(
    page.getByRole("region", { name: "Delete the account" }).getByText("This is not your password."),
  ).toBeVisible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("another long password");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${stack.web}/`);
  expect((await callAuth(stack.web, "sign-in/email", { ...person, password: "another long password" })).status).toBe(
    401,
  );
});

test("a form keeps its values and reports a slow or missing network", async ({ browser, stack }) => {
  const person = newPerson();
  const page = await newPage(browser);
  await page.goto(`${stack.web}/sign-up`);
  await waitUntilHydrated(page);
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.route("**/api/auth/**", (route) => route.abort());
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "cannot be reached" })).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue(person.name);
  await expect(page.getByLabel("Password")).toHaveValue(person.password);
  await page.unroute("**/api/auth/**");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/account");
});

test("the addresses that people guess lead to the forms, and keep their query", async ({ stack }) => {
  const guesses = { "/signup": "/sign-up", "/register": "/sign-up", "/signin": "/login", "/log-in": "/login" };
  for (const [guess, form] of Object.entries(guesses)) {
    const response = await fetch(`${stack.web}${guess}?next=%2Fadmin`, { redirect: "manual" });
    const { pathname, search } = new URL(response.headers.get("location") ?? "", stack.web);
    expect([response.status, pathname, search]).toEqual([307, form, "?next=%2Fadmin"]);
  }
});
