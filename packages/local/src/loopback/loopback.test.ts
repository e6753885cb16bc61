import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Sandbox, startSandbox } from "../sandbox/index.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

function send(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    });
    call.on("error", reject);
    call.end(headers["content-type"] === undefined ? "" : "Action=ListQueues");
  });
}

const form = { "content-type": "application/x-www-form-urlencoded" };

describe.each(["the emulator", "the sandbox"])("%s", (part) => {
  const url = () => (part === "the emulator" ? inject("brokerUrl") : sandbox.url);

  test.each([
    ["a form of a web page", { ...form, origin: "https://evil.example" }],
    ["a form of a page of another local port", { ...form, origin: "http://127.0.0.1:3000" }],
    ["a page without an origin of its own", { ...form, origin: "null" }],
    ["another name that leads here", { ...form, host: "evil.example" }],
    ["a name that begins like this machine's", { ...form, host: "127.0.0.1.evil.example" }],
    ["another address", { ...form, host: "192.0.2.2:4566" }],
  ])("refuses %s", async (_, headers) => {
    expect(await send(url(), headers)).toEqual({
      status: 403,
      body: expect.stringContaining("programs of this machine"),
    });
  });

  test("answers a program of this machine, by each of its names", async () => {
    const { port } = new URL(url());
    for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
      expect((await send(url(), { ...form, host: `${name}:${port}` })).status).not.toBe(403);
    }
  });

  test("does not listen on the machine's other addresses", async () => {
    const others = Object.values(networkInterfaces()).flatMap((addresses = []) =>
      addresses.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address),
    );
    for (const address of others) {
      await expect(send(url().replace("127.0.0.1", address), form)).rejects.toThrow(/ECONNREFUSED/);
    }
  });
});
