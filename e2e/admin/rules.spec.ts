import { expect, test } from "@playwright/test";
import { fillCode, logIn } from "../support/browser.ts";
import { type NewPerson, newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readReceived } from "../support/sandbox.ts";
import { type RunningStack, spawnStack } from "../support/stack.ts";

let stack: RunningStack;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  stack = await spawnStack({ web: "built" });
});
test.afterAll(async () => {
  await stack.stop();
});

function at(domain: string): NewPerson {
  const person = newPerson();
  return { ...person, email: person.email.replace(/@.*/, `@${domain}`) };
}

test("an operator excludes a domain, sees the impact preview, the explanation of a filtered event, and rolls back", async ({
  page,
}) => {
  test.slow();
  const [wanted, unwanted] = [at("lovelace.dev"), at("stranger.test")];
  const first = await signUp(stack.web, wanted);
  await signUp(stack.web, unwanted);
  expect(await eventually(() => readReceived(stack.sandbox, first), hasAll)).toEqual(everythingOnce);

  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/rules/slack`);
  await expect(page.getByText(/matches this filter policy on the SNS topic/)).toBeVisible();
  await page.getByRole("button", { name: "Add a condition" }).click();
  const row = page.getByRole("group", { name: "Email" });
  await row.getByLabel("Operator").selectOption({ label: "does not end with" });
  await row.getByRole("textbox", { name: "Value" }).fill("@stranger.test");
  await expect(page.getByText(/Sign-ups.* whose email does not end with @stranger\.test\./)).toBeVisible();
  await expect(page.getByLabel(/Filter policy/)).toContainText('"anything-but"');

  await expect(page.getByRole("definition").nth(2)).toHaveText("0");
  await expect(page.getByRole("definition").nth(3)).toHaveText("−1");
  const lost = page.getByRole("region", { name: "No longer delivered" });
  await lost.getByText(unwanted.email, { exact: true }).click();
  await expect(lost.getByText(/data\.email expected: does not end with @stranger\.test, actual:/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Newly delivered" })).toHaveCount(0);

  await page.getByLabel("Note").fill("No strangers.");
  await page.getByRole("button", { name: "Save as version 2" }).click();
  await expect(page.getByText(/Version 2 is saved and accepted/)).toBeVisible();

  const second = await signUp(stack.web, at("stranger.test"));
  const without = await eventually(
    () => readReceived(stack.sandbox, second),
    ({ track, identify, member }) => track + identify + member === 3,
  );
  expect(without).toEqual({ ...everythingOnce, line: 0 });
  await page.goto(`${stack.web}/admin/events`);
  await page.getByRole("link", { name: "user.signed_up" }).first().click();
  const slack = page.getByRole("region", { name: "Slack" });
  await expect(slack.getByText("Filtered out by v2 of the rule:")).toBeVisible();
  await expect(slack.getByText(/data\.email expected: does not end with @stranger\.test, actual:/)).toBeVisible();
  await expect(page.getByRole("region", { name: "Analytics" }).getByText("Delivered").first()).toBeVisible();

  await slack.getByRole("button", { name: "Force send" }).click();
  expect(await eventually(() => readReceived(stack.sandbox, second), hasAll)).toEqual(everythingOnce);
  await expect(slack.getByText("Delivered, although v2 of the rule filters it out:")).toBeVisible();

  await page.goto(`${stack.web}/admin/rules/slack`);
  await page.getByText("Version 1", { exact: true }).click();
  await page.getByRole("button", { name: "Roll back to version 1" }).click();
  await expect(page.getByText("Rolled back: version 3 has version 1's policy.")).toBeVisible();
  const third = await signUp(stack.web, at("stranger.test"));
  expect(await eventually(() => readReceived(stack.sandbox, third), hasAll)).toEqual(everythingOnce);
});

test("JSON and builder stay in sync, invalid JSON is reported, and a concurrent save is shown, not overwritten", async ({
  page,
  browser,
}) => {
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/rules/mailchimp`);
  const policy = page.getByLabel(/Filter policy/);
  await fillCode(
    policy,
    '{ "type": ["user.logged_in"], "data": { "email": [{ "suffix": ".dev" }, { "prefix": "ada" }] } }',
  );
  await expect(page.getByRole("checkbox", { name: /Log-ins/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /Sign-ups/ })).not.toBeChecked();
  await expect(page.getByRole("group", { name: "Email" }).getByRole("textbox", { name: "Value" })).toHaveCount(2);
  await fillCode(policy, '{ "type": ["user.logged_in"');
  await expect(policy).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("there is nothing to draw")).toBeVisible();
  await page.getByRole("button", { name: "Log-ins only" }).click();
  await expect(policy).toHaveAttribute("aria-invalid", "false");

  const colleague = await (await browser.newContext({ storageState: await page.context().storageState() })).newPage();
  await colleague.goto(`${stack.web}/admin/rules/mailchimp`);
  await colleague.getByRole("button", { name: "Everything" }).click();
  await colleague.getByRole("button", { name: "Save as version 2" }).click();
  await expect(colleague.getByText(/Version 2 is saved/)).toBeVisible();
  await colleague.close();

  await expect(page.getByText(/saved version 2 while you were editing version 1/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Save as/ })).toBeDisabled();
  await expect(page.getByRole("region", { name: "Version 1 and version 2" })).toContainText("user.signed_up");
  await expect(page.getByText("Version 2 matches")).toBeVisible();
  await page.getByRole("button", { name: "Keep mine, on top of version 2" }).click();
  await page.getByRole("button", { name: "Save as version 3" }).click();
  await expect(page.getByText(/Version 3 is saved/)).toBeVisible();
});
