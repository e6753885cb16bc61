import { expect, type Page, test } from "@playwright/test";
import { fillCode, logIn, nextAddress, waitUntilHydrated } from "../support/browser.ts";
import { type NewPerson, newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readLedger, readReceived, setFault } from "../support/sandbox.ts";
import { type RunningStack, spawnStack } from "../support/stack.ts";

let stack: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await spawnStack({ web: "built", env: { EVENTFORK_RETRY_SCALE: "0.0001" } });
});
test.afterAll(async () => {
  await stack.stop();
});

async function signUpInBrowser(page: Page, person: NewPerson): Promise<{ id: string; email: string }> {
  await page.setExtraHTTPHeaders(nextAddress());
  await page.goto(`${stack.web}/sign-up`);
  await fillSignUp(page, person);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/account");
  const { user } = await (await page.request.get(`${stack.web}/api/auth/get-session`)).json();
  return { id: user.id, email: person.email };
}

async function fillSignUp(page: Page, person: NewPerson): Promise<void> {
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
}

test("a sign-up and a log-in reach every matching provider, and the admin sees four deliveries", async ({
  page,
  browser,
}) => {
  const person = newPerson();
  await page.goto(`${stack.web}/sign-up`);
  await expect(page.getByRole("checkbox", { name: /product news/ })).not.toBeChecked();
  const signedUp = await signUpInBrowser(page, person);
  await expect(page.getByText(person.email)).toBeVisible();
  expect(await eventually(() => readReceived(stack.sandbox, signedUp), hasAll)).toEqual(everythingOnce);
  const { effects } = await readLedger(stack.sandbox, "mailchimp");
  const member = effects.find((effect) => JSON.stringify(effect).includes(person.email));
  expect(JSON.stringify(member)).toContain("transactional");

  await page.getByRole("button", { name: "Log out" }).first().click();
  await page.waitForURL(`${stack.web}/`);
  await logIn(page, stack.web, person);
  const afterLogIn = await eventually(
    () => readReceived(stack.sandbox, signedUp),
    ({ track }) => track > 1,
  );
  expect(afterLogIn).toEqual({ ...everythingOnce, track: 2 });

  const operator = await browser.newPage();
  await logIn(operator, stack.web, stack.admin);
  await operator.goto(`${stack.web}/admin/deliveries`);
  await expect(operator.getByRole("row").filter({ hasText: "Delivered" })).toHaveCount(4);
  await operator.close();
});

test("a taken address, a weak password and a malformed address show at their field and write nothing", async ({
  page,
}) => {
  const person = newPerson();
  await signUp(stack.web, person);
  await page.goto(`${stack.web}/sign-up`);
  await waitUntilHydrated(page);
  await fillSignUp(page, { ...person, password: "short" });
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
  await fillSignUp(page, { ...person, email: "nobody" });
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Email")).toHaveAttribute("aria-invalid", "true");
  await fillSignUp(page, { ...person, password: "another horse battery" });
  await expect(async () => {
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByText(/already/i)).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 40_000 });
  expect(new URL(page.url()).pathname).toBe("/sign-up");
});

test("only operators get admin pages and admin responses", async ({ page }) => {
  await page.goto(`${stack.web}/admin`);
  await expect(page).toHaveURL(/\/login/);
  await signUpInBrowser(page, newPerson());
  const response = await page.goto(`${stack.web}/admin`);
  expect(response?.status()).toBe(404);
  const answer = await page.request.get(`${stack.web}/api/trpc/integrations.list`);
  expect(answer.status()).toBe(403);
  expect(JSON.stringify(await answer.json())).toContain("FORBIDDEN");
});

test("an invalid page in a list's URL leads to its first page", async ({ page }) => {
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/deliveries?cursor=nonsense`);
  await page.getByRole("link", { name: "Go to the first page" }).click();
  await expect(page.getByRole("heading", { name: "Deliveries", exact: true })).toBeVisible();
  expect(new URL(page.url()).search).toBe("");
});

test("Slack's dead letter is replayed after the repair and delivered once, and no other provider gets it twice", async ({
  page,
}) => {
  await logIn(page, stack.web, stack.admin);
  await setFault(stack.sandbox, "slack", { status: 500 });
  const person = await signUp(stack.web, newPerson());
  const others = await eventually(
    () => readReceived(stack.sandbox, person),
    ({ track, identify, member }) => track + identify + member === 3,
  );
  expect(others).toEqual({ ...everythingOnce, line: 0 });
  await page.goto(`${stack.web}/admin/dead-letters`);
  await expect(page.getByText("http_500").filter({ visible: true }).first()).toBeVisible({ timeout: 60_000 });

  await setFault(stack.sandbox, "slack", null);
  await page.getByRole("button", { name: "Replay it…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Replay 1" }).click();
  await expect(page.getByText("It was delivered.")).toBeVisible({ timeout: 60_000 });
  expect(await eventually(() => readReceived(stack.sandbox, person), hasAll)).toEqual(everythingOnce);
});

test("an invalid rule is not saved, and a saved rule changes later deliveries", async ({ page }) => {
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/rules/slack`);
  const policy = page.getByLabel(/Filter policy/);
  await fillCode(policy, '{ "type": [{ "sounds-like": "user" }] }');
  await page.getByRole("button", { name: /^Save/ }).click();
  await expect(policy).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/sounds-like/).last()).toBeVisible();

  await fillCode(policy, '{ "type": ["user.signed_up"], "data": { "email": [{ "suffix": "@slack.dev" }] } }');
  await page.getByLabel("Note").fill("Only our own.");
  await page.getByRole("button", { name: "Save as version 2" }).click();
  await expect(page.getByText(/Version 2 is saved and accepted/)).toBeVisible();

  const person = newPerson();
  const outside = await signUp(stack.web, person);
  const inside = await signUp(stack.web, { ...person, email: `ada.${Date.now()}@slack.dev` });
  expect(await eventually(() => readReceived(stack.sandbox, inside), hasAll)).toEqual(everythingOnce);
  expect(await readReceived(stack.sandbox, outside)).toEqual({ ...everythingOnce, line: 0 });
});
