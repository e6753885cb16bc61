import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { socketAddressHeader } from "@eventfork/core/platform/env";
import { expect, test } from "vitest";
import { noteSocketAddresses } from "./request-origin.ts";

test("a client cannot choose the address of its socket", async () => {
  const server = createServer((request, response) => response.end(String(request.headers[socketAddressHeader])));
  await once(server.listen(0, "127.0.0.1"), "listening");
  noteSocketAddresses();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await (await fetch(url)).text()).toBe("127.0.0.1");
  expect(await (await fetch(url, { headers: { [socketAddressHeader]: "203.0.113.7" } })).text()).toBe("127.0.0.1");
  server.close();
});
