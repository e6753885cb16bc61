import { expect, test } from "vitest";
import { formatClientAddress, nameUserAgent } from "./format.ts";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1",
    "Safari on iOS",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  ["curl/8.5.0", "curl"],
  ["F•••", "F•••"],
  [null, "An unknown browser"],
])("%s is %s", (userAgent, name) => {
  expect(nameUserAgent(userAgent)).toBe(name);
});

test.each([
  ["127.0.0.1", "this machine"],
  ["::1", "this machine"],
  ["0000:0000:0000:0000:0000:0000:0000:0000", "this machine"],
  ["2001:0db8:0000:0000:0000:0000:0000:0000", "2001:0db8:0000:0000:0000:0000:0000:0000"],
  ["1•••", "1•••"],
])("the client address %s is %s", (address, name) => {
  expect(formatClientAddress(address)).toBe(name);
});
