import { expect, type Page } from "@playwright/test";
import { logIn, newPage } from "../support/browser.ts";
import { type NewPerson, newPerson, signUp } from "../support/people.ts";
import { eventually, hasAll, readLedger, readReceived } from "../support/sandbox.ts";
import type { RunningStack } from "../support/stack.ts";
import { test } from "../support/stack.ts";

let stack: RunningStack;
let admin: Page;

test.beforeAll(async ({ browser, stack: shared }) => {
  stack = shared;
  admin = await newPage(browser);
  await logIn(admin, stack.web, stack.admin);
});
async function changeRole(role: string): Promise<void> {
  await admin.getByLabel(/^Role of/).selectOption(role);
  await admin.getByRole("button", { name: "Change role…" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Change role" }).click();
}

async function openPerson(person: NewPerson): Promise<void> {
  await admin.goto(`${stack.web}/admin/people`);
  const search = admin.getByRole("searchbox", { name: "Search people" });
  await expect(search).toBeVisible();
  await expect(async () => {
    await admin.keyboard.press("/");
    await expect(search).toBeFocused({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await admin.keyboard.type(person.email.slice(0, -4));
  await admin.keyboard.press("Enter");
  await expect(admin).toHaveURL(/search=/);
  await admin.getByRole("link", { name: person.name }).click();
  await expect(admin.getByRole("heading", { name: person.name })).toBeVisible({ timeout: 60_000 });
}

test("a new viewer sees everything without personal data, and loses access with the role", async ({ browser }) => {
  const viewer = newPerson("Vera Viewer");
  const ada = newPerson("Ada Lovelace");
  await signUp(stack.web, viewer);
  const signedUp = await signUp(stack.web, ada);
  await eventually(() => readReceived(stack.sandbox, signedUp), hasAll);
  await openPerson(viewer);
  await changeRole("viewer");
  await expect(admin.getByText("Vera Viewer is viewer now.")).toBeVisible();

  const page = await newPage(browser);
  await logIn(page, stack.web, viewer);
  await expect(page).toHaveURL(/\/admin$/);
  for (const path of ["people", `people/${signedUp.id}`, "events", "deliveries", "dead-letters", "audit", "system"]) {
    await page.goto(`${stack.web}/admin/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByText("Loading")).toHaveCount(0);
    const html = await page.content();
    for (const secret of [ada.email, "Lovelace", stack.admin.email]) expect(html, path).not.toContain(secret);
    await expect(page.getByRole("button", { name: /Erase|Change role|Take off/ })).toHaveCount(0);
  }

  await changeRole("user");
  await expect(admin.getByText("Vera Viewer is user now.")).toBeVisible();
  await page.goto(`${stack.web}/admin/people`);
  await expect(page).toHaveURL(/\/login/);
});

test("the last admin keeps the role", async () => {
  await admin.goto(`${stack.web}/admin/people?role=admin`);
  await admin.getByRole("row").nth(1).getByRole("link").click();
  await changeRole("user");
  await expect(admin.getByText("This is the last admin. Make somebody else an admin first.")).toBeVisible();
});

test("a person is removed from Mailchimp and erased: blanked events remain, and the audit log names the admin", async () => {
  const person = newPerson("Mary Somerville");
  const signedUp = await signUp(stack.web, person);
  await eventually(() => readReceived(stack.sandbox, signedUp), hasAll);
  await openPerson(person);
  await expect(admin.getByRole("region", { name: "Events" }).getByText("Delivered")).toHaveCount(3);

  await admin.getByRole("button", { name: "Take off Mailchimp…" }).click();
  await admin.getByLabel(/Delete for good/).check();
  await admin.getByRole("dialog").getByRole("button", { name: "Take off" }).click();
  await expect(admin.getByText("Mailchimp has taken them off.")).toBeVisible();
  expect(JSON.stringify(await readLedger(stack.sandbox, "mailchimp"))).toContain(person.email);

  await admin.getByRole("button", { name: "Erase personal data…" }).click();
  const erase = admin.getByRole("alertdialog").getByRole("button", { name: "Erase for good" });
  await expect(erase).toBeDisabled();
  await admin.getByLabel('Type "erase" to go on').fill("erase");
  await erase.click();
  await expect(admin.getByRole("heading", { name: "Erased person" })).toBeVisible();
  await expect(admin.getByText("1 event and 3 deliveries were blanked")).toBeVisible();
  await expect(admin.getByRole("region", { name: "Events" }).getByText("Delivered")).toHaveCount(3);
  await admin.getByRole("region", { name: "Events" }).getByRole("link", { name: "user.signed_up" }).click();
  await expect(admin.getByText('"erased": true')).toBeVisible();
  // The tab still holds the script from before the erasure.
  await admin.reload();
  await expect(admin.getByText('"erased": true')).toBeVisible();
  expect(await admin.content()).not.toContain(person.email);

  await admin.goto(`${stack.web}/admin/audit?action=person.erased`);
  await expect(admin.getByRole("listitem").filter({ hasText: signedUp.id })).toContainText(stack.admin.email);
  await admin.goto(`${stack.web}/admin/audit?target=${signedUp.id}`);
  await expect(admin.getByRole("button", { name: "person.removed_from_mailchimp" })).toBeVisible();
});

test("the audit log is filtered, and shows before and after", async () => {
  const person = newPerson("Katherine Johnson");
  await signUp(stack.web, person);
  await openPerson(person);
  await changeRole("viewer");
  await expect(admin.getByText("Katherine Johnson is viewer now.")).toBeVisible();
  await admin.getByRole("link", { name: "Audit log" }).click();
  await admin.getByLabel("Action", { exact: true }).selectOption("role.granted");
  await expect(admin).toHaveURL(/action=role.granted/);
  const entry = admin.getByRole("listitem").filter({ hasText: "role.granted" }).first();
  await entry.getByText("Before and after").click();
  await expect(entry.getByRole("region", { name: "Before" })).toContainText("role");
  await expect(entry.getByText(/^From .*Chrome on Linux/)).toBeVisible();
  await admin.getByLabel("From (day, UTC)").fill("2020-01-01");
  await admin.getByLabel("To (day, UTC)").fill("2020-01-02");
  await expect(admin.getByText("No entry fits")).toBeVisible();
});

test("the system page shows the state of each part", async () => {
  await admin.goto(`${stack.web}/admin/system`);
  for (const part of ["Database", "Broker"]) {
    await expect(admin.getByRole("region", { name: part }).getByText(/Answers in \d+ ms/)).toBeVisible();
  }
  await expect(admin.getByRole("row").filter({ hasText: "reconcile" })).toContainText("OK", { timeout: 70_000 });
  await expect(admin.getByText("20261123000000_initial")).toBeVisible();
  await expect(admin.getByRole("region", { name: "Retention" })).toContainText("90 days");
});

test("the overview shows new events, a pause and stuck messages within seconds, and recovers", async () => {
  await admin.goto(`${stack.web}/admin`);
  const verdict = admin.getByRole("region", { name: "System status" });
  const analytics = admin.getByRole("region", { name: "Analytics", exact: true });
  await expect(verdict).toContainText("All systems operational", { timeout: 30_000 });
  const readDelivered = async () => Number(await analytics.locator("dl").first().getByRole("link").first().innerText());
  const before = await readDelivered();
  const arrived = await signUp(stack.web, newPerson());
  await eventually(() => readReceived(stack.sandbox, arrived), hasAll);
  await expect.poll(readDelivered, { timeout: 5_000 }).toBe(before + 1);

  await analytics.getByRole("button", { name: "Pause" }).click();
  await admin.getByRole("dialog").getByRole("textbox").fill("the account is being moved");
  await admin.getByRole("dialog").getByRole("button", { name: "Pause Analytics" }).click();
  await expect(verdict).toContainText("Action required");
  await expect(verdict).toContainText("Analytics is paused");
  await expect(analytics).toContainText("the account is being moved");
  const held = await signUp(stack.web, newPerson());
  const flow = admin.getByRole("region", { name: "Flow" });
  await expect(flow.getByText("stuck").first()).toBeVisible({ timeout: 15_000 });
  await expect(admin.getByRole("region", { name: "Delivery attempts" })).toContainText("paused analytics");
  await analytics.getByRole("button", { name: "Resume" }).click();
  await eventually(() => readReceived(stack.sandbox, held), hasAll);
  await expect(verdict).toContainText("All systems operational", { timeout: 30_000 });

  await admin.getByRole("combobox", { name: "Time range" }).selectOption("90d");
  await expect(admin).toHaveURL(/range=90d/);
  await expect(admin.getByRole("table", { name: /^Delivery attempts/ }).getByRole("row")).toHaveCount(92);
  await admin.getByRole("slider", { name: /^Delivery attempts/ }).press("Home");
  await expect(admin.getByRole("slider", { name: /^Delivery attempts/ })).toHaveAttribute(
    "aria-valuetext",
    /^\w+day, .+ 2\d{3}, Delivered: 0, Failed \(will retry\): 0, Credentials rejected: 0, Dead-lettered: 0$/,
  );
  await expect.poll(readDelivered).toBe(before + 2);

  await admin.getByRole("combobox", { name: "Time range" }).selectOption("custom");
  await expect(admin).toHaveURL(/from=/);
  await expect(admin.locator("[aria-busy=true]")).toHaveCount(0);
  await expect.poll(readDelivered).toBe(before + 2);
});
