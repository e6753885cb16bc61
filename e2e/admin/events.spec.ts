import { expect } from "@playwright/test";
import { logIn } from "../support/browser.ts";
import { newPerson, signUp } from "../support/people.ts";
import { eventually, everythingOnce, hasAll, readReceived } from "../support/sandbox.ts";
import { test } from "../support/stack.ts";

const soon = { timeout: 4_000 };

test("events appear live, pause on demand, are found by any value, and show their history", async ({ page, stack }) => {
  test.slow();
  const name = '<script>alert("hello")</script> ليلى 👩‍🚀';
  const [ada, bea] = [newPerson(name), newPerson()];
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/events`);
  await expect(page.getByRole("button", { name: "Live tail" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const rows = page.getByRole("list", { name: "Events" }).getByRole("link", { name: "user.signed_up" });
  const first = await signUp(stack.web, ada);
  await expect(page.getByText(ada.email)).toBeVisible(soon);
  const before = await rows.count();

  await page.getByRole("button", { name: "Pause" }).click();
  await signUp(stack.web, bea);
  await expect(page.getByText("1 new event", { exact: true })).toBeVisible(soon);
  await expect(page.getByText(bea.email)).toHaveCount(0);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText(bea.email)).toBeVisible();
  await expect(rows).toHaveCount(before + 1);
  await expect(page.getByRole("list", { name: "Events" }).getByRole("listitem").first()).toContainText(bea.email);

  const search = page.getByRole("searchbox", { name: "Search events" });
  const searchFor = async (text: string) => {
    await search.fill(text);
    await search.press("Enter");
  };
  await searchFor('name:"Ada');
  await expect(page.getByRole("alert").filter({ hasText: "A quotation mark is not closed" })).toBeVisible();
  for (const text of [
    ada.email.toUpperCase(),
    `name:${JSON.stringify(name)}`,
    `email:${ada.email} type:user.signed_up`,
  ]) {
    await searchFor(text);
    await expect(page).toHaveURL((url) => url.searchParams.get("search") === text);
    await expect(page.getByText(bea.email)).toHaveCount(0);
    await expect(rows).toHaveCount(1);
  }
  await searchFor("nobody@lovelace.dev");
  await expect(page.getByText("No event fits")).toBeVisible();
  await page.goBack();
  await expect(rows).toHaveCount(1);

  await eventually(() => readReceived(stack.sandbox, first), hasAll);
  await rows.click();
  const story = page.getByRole("region", { name: "Timeline" });
  for (const words of ["Recorded, from web", "Published"]) await expect(story.getByText(words)).toBeVisible();
  await expect(story.getByText("Attempt 1: delivered")).toHaveCount(3);
  await expect(story.getByText("POST /v1/batch")).toBeVisible();
  const analytics = page.getByRole("region", { name: "Analytics", exact: true });
  await expect(analytics.getByText(/Not to be sent again: Analytics has this event already/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Send/ })).toHaveCount(0);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy: Payload" }).click();
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  expect(JSON.parse(copied)).toMatchObject({ type: "user.signed_up", data: { name, email: ada.email } });
});

test("a program sends events with its API key until the key is revoked", async ({ page, stack }) => {
  await logIn(page, stack.web, stack.admin);
  await page.goto(`${stack.web}/admin/keys`);
  const readSecret = async () => {
    const dialog = page.getByRole("dialog", { name: "The key" });
    const secret = await dialog.locator("code").innerText();
    await dialog.getByRole("button", { name: "Done" }).click();
    return secret;
  };
  await page.getByRole("button", { name: "New key" }).click();
  const form = page.getByRole("dialog", { name: "New key" });
  await form.getByLabel("Who sends with it").fill("The shop");
  await form.getByLabel("Source").fill("shop");
  await form.getByRole("checkbox", { name: "Sign-ups" }).check();
  await form.getByRole("button", { name: "Make the key" }).click();
  const secret = await readSecret();

  const { email, name } = newPerson("Grace Hopper");
  const data = { userId: `usr_shop_${Date.now()}`, email, name, marketingConsent: true };
  const send = (key: string, event: object) =>
    fetch(`${stack.web}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": email },
      body: JSON.stringify(event),
    });
  const accepted = await send(secret, { type: "user.signed_up", data });
  expect(accepted.status).toBe(202);
  const again = await send(secret, { type: "user.signed_up", data });
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(await again.json()).toEqual(await accepted.json());
  expect(
    (await send(secret, { type: "user.logged_in", data: { userId: data.userId, email, name, method: "password" } }))
      .status,
  ).toBe(403);
  const arrived = await eventually(() => readReceived(stack.sandbox, { id: data.userId, email }), hasAll);
  expect(arrived).toEqual(everythingOnce);
  await page.goto(`${stack.web}/admin/events?search=${encodeURIComponent(email)}`);
  await expect(page.getByRole("list", { name: "Events" }).getByRole("link", { name: "user.signed_up" })).toHaveCount(1);

  await page.goto(`${stack.web}/admin/keys`);
  const row = page.getByRole("row", { name: /The shop/ });
  await expect(row).not.toContainText("Never");
  await row.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate" }).click();
  const next = await readSecret();
  expect(next).not.toBe(secret);
  const retiring = page.getByRole("row", { name: /The shop.*Retiring/ });
  await retiring.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("row", { name: /The shop.*Ended/ })).toBeVisible();
  expect((await send(secret, { type: "user.signed_up", data })).status).toBe(401);
  expect((await send(next, { type: "user.signed_up", data })).status).toBe(202);
});
