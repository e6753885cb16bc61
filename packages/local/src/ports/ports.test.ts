import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { findPort } from "./index.ts";

const file = fileURLToPath(new URL("index.ts", import.meta.url));
const program = `
  const { findPort } = await import(${JSON.stringify(file)});
  for (const wanted of process.argv.slice(1)) process.stdout.write(await findPort("a test", Number(wanted)) + " ");
  process.stdin.resume();
`;
const first = 24_000 + (process.pid % 1_000);

const children: ReturnType<typeof start>[] = [];
const start = (ports: readonly number[]) =>
  spawn(process.execPath, ["--input-type=module", "-e", program, ...ports.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function findInProcess(ports: readonly number[]): Promise<{ found: number[]; kill: () => Promise<void> }> {
  const child = start(ports);
  children.push(child);
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    if (text.trim().split(" ").length === ports.length && text.endsWith(" ")) break;
  }
  const kill = async () => {
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  return { found: text.trim().split(" ").map(Number), kill };
}

test("of many processes that look for a port at the same time, no two get the same", async () => {
  const wanted = [first, first, first, first];
  const all = await Promise.all([1, 2, 3, 4].map(() => findInProcess(wanted)));
  const found = all.flatMap((each) => each.found);
  expect(new Set(found).size).toBe(16);
});

test("a port that a running process has found is not found by another, and is free again once that process is killed", async () => {
  const port = first + 100;
  const other = await findInProcess([port]);
  expect(other.found).toEqual([port]);
  await expect(findPort("a test", port, true)).rejects.toThrow(`Port ${port} (a test) is taken`);
  expect(await findPort("a test", port)).toBe(port + 1);
  await other.kill();
  expect(await findPort("a test", port, true)).toBe(port);
});

test("a port that another program listens on is passed over, and refused where it is the only one wanted", async () => {
  const port = first + 200;
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await findPort("a test", port)).toBe(port + 1);
  await expect(findPort("a test", port, true)).rejects.toThrow(/is taken by another program/);
  server.close();
  await once(server, "close");
  expect(await findPort("a test", port, true)).toBe(port);
});
