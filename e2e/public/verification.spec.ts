import { expect, test } from "@playwright/test";
import { newPage } from "../support/browser.ts";
import { newPerson } from "../support/people.ts";
import { eventually, hasAll, readLink, readReceived } from "../support/sandbox.ts";
import { type RunningStack, spawnStack } from "../support/stack.ts";

let stack: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await spawnStack({ web: "built", env: { EVENTFORK_EMAIL_VERIFICATION: "required" } });
});
test.afterAll(async () => {
  await stack.stop();
});

test("with email verification, a sign-up leads to the mail and its link to the account; a taken address looks the same", async ({
  browser,
}) => {
  const person = newPerson();
  const page = await newPage(browser);
  for (const subject of ["Confirm your e-mail address", "You have an account already"]) {
    await page.goto(`${stack.web}/sign-up`);
    await page.getByLabel("Name").fill(person.name);
    await page.getByLabel("Email").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "Check your email" })).toBeFocused();
    await readLink(stack.sandbox, person.email, subject);
  }
  await page.goto(await readLink(stack.sandbox, person.email, "Confirm your e-mail address"));
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByText("confirmed")).toBeVisible();
  const { user } = await (await page.request.get(`${stack.web}/api/auth/get-session`)).json();
  const received = await eventually(() => readReceived(stack.sandbox, { id: user.id, email: person.email }), hasAll);
  expect(hasAll(received)).toBe(true);
});
