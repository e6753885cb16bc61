import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { findPort, firstPorts } from "../ports/index.ts";

const rejectOnSignal = `process.on("SIGUSR2", () => { Promise.reject(new Error("nobody looks at this")); });`;

test("an unhandled rejection is logged, and the process continues and stops normally", async () => {
  const port = await findPort("a sandbox", firstPorts.temporary);
  const preload = `data:text/javascript,${encodeURIComponent(rejectOnSignal)}`;
  const child = spawn(process.execPath, ["--import", preload, join(import.meta.dirname, "sandbox.ts"), String(port)], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  if (child.stdout === null) throw new Error("the process has no output");
  const lines = createInterface({ input: child.stdout });
  try {
    await once(child, "message");
    child.kill("SIGUSR2");
    const [line] = await once(lines, "line");
    expect(JSON.parse(line)).toMatchObject({ level: "error", error: "nobody looks at this" });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  } finally {
    child.kill("SIGKILL");
  }
});

test("every process handles rejections; the guard runs another program and has no promises", async () => {
  const files = (await readdir(import.meta.dirname)).filter((file) => !/^(run|.*\.test)\.ts$/.test(file));
  for (const file of files) {
    const text = await readFile(join(import.meta.dirname, file), "utf8");
    expect(file === "guard.ts" ? !text.includes("await") : text.includes("await runProcess("), file).toBe(true);
  }
});
