import { expect, test } from "vitest";
import { adviseOn } from "../advice.ts";

test.each(["ECONNRESET", "ENOTFOUND", "UND_ERR_SOCKET"])("%s has the network's advice at every provider", (code) => {
  for (const name of ["slack", "mailchimp", "analytics", "webhook", "loops"]) {
    expect(adviseOn(name, code).text).toMatch(/could not be reached, or broke off .*replay/);
  }
});

test("an unknown response says so, and what to do", () => {
  expect(adviseOn("slack", "brand_new_error").text).toMatch(/does not know this response: .*replay/);
});
