import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { defuse } from "./terminal/output.ts";
import { formatLeft } from "./terminal/prompts.ts";
import { createCli, main, quarantineEvent } from "./testing/eventfork.ts";

const esc = "\u001B";

let cli: Awaited<ReturnType<typeof createCli>>;
let terminal: ReturnType<typeof openTerminal>;

beforeAll(async () => {
  cli = await createCli();
});
afterEach(() => terminal?.close());

function run(args: readonly string[], overrides: NodeJS.ProcessEnv = {}) {
  const { NO_COLOR: _none, CI: _ci, ...env } = cli.env;
  terminal = openTerminal(process.execPath, [main, ...args], { ...env, ...overrides });
  return terminal;
}

const until = (words: RegExp) => vi.waitFor(() => expect(terminal.text()).toMatch(words), { timeout: 15_000 });

async function createDelivery(eventId: string, status: string, errorMessage: string): Promise<void> {
  const at = new Date();
  const times = { firstAttemptAt: at, lastAttemptAt: at, updatedAt: at };
  const row = { eventId, integration: "slack", eventType: "user.signed_up", status, errorMessage, ...times };
  await cli.db.delivery.create({ data: row });
}

test("a terminal shows states in colors and truncates lines at its width; NO_COLOR and a pipe disable colors", async () => {
  await createDelivery("evt_1", "dead", `no_channel ${"x".repeat(200)}`);
  const args = ["deliveries", "list", "--text", "evt_1"];
  expect(await run(args).ended).toBe(0);
  expect(terminal.raw()).toContain(`${esc}[31mdead${esc}[39m`);
  expect(terminal.text()).toMatch(/no_channel x+…\r?\n/);
  expect(await run(args, { NO_COLOR: "1" }).ended).toBe(0);
  expect(terminal.raw()).not.toContain(`${esc}[3`);
  const piped = await cli.eventforkProcess(args);
  expect(piped.stdout).not.toContain(esc);
  expect(piped.stdout).toContain("x".repeat(200));
});

test("a provider's response cannot control the terminal", async () => {
  await createDelivery("evt_2", "dead", `${esc}]0;owned\u0007${esc}[2J\u009B1A`);
  expect(await run(["deliveries", "list", "--text", "evt_2"]).ended).toBe(0);
  expect(terminal.raw()).toContain("\\x1b]0;owned\\x07\\x1b[2J\\x9b1A");
  expect(terminal.raw()).not.toContain(`${esc}]0;`);
  expect(defuse(`a\tb\n${esc}[31mred${esc}[39m ${esc}[8mhidden`)).toBe(`a\tb\n${esc}[31mred${esc}[39m \\x1b[8mhidden`);
});

test("an irreversible command asks first: no changes nothing, yes runs it", async () => {
  await quarantineEvent(cli.db, "evt_aside");
  const args = ["outbox", "discard", "--reason", "a broken import"];
  run(args);
  await until(/1 event would never go to anybody, for good\. Discard\?/);
  terminal.type("n");
  expect(await terminal.ended).toBe(1);
  expect(terminal.text()).toContain("eventfork: Nothing was changed.");
  run(args);
  await until(/Discard\?/);
  terminal.type("y");
  expect(await terminal.ended).toBe(0);
  expect(terminal.text()).toContain("1 discarded.");
});

test("Ctrl-C at the question changes nothing", async () => {
  await quarantineEvent(cli.db, "evt_aside_too");
  run(["outbox", "discard", "--reason", "a broken import"]);
  await until(/Discard\?/);
  terminal.type("\u0003");
  expect(await terminal.ended).toBe(1);
  const where = { id: "evt_aside_too", quarantinedAt: { not: null } };
  expect(await cli.db.event.count({ where })).toBe(1);
});

test("long work shows a bar that is gone at the end", async () => {
  const data = JSON.stringify({ userId: "usr_1", email: "ada@example.com", name: "Ada", marketingConsent: false });
  expect(await run(["emit", "user.signed_up", "--data", data, "--count", "1500"]).ended).toBe(0);
  expect(terminal.text()).toMatch(/Recording: (500|1000|1500) of 1500 events/);
  expect(terminal.text().trimEnd()).toMatch(/1500 events recorded\.$/);
});

test.each([
  [0, 5_000, ""],
  [0.25, 10_000, ", 30 s left"],
  [0.5, 300_000, ", 5 min left"],
  [1, 10_000, ""],
])("with %d done in %i ms, the time left is %j", (share, tookMs, expected) => {
  expect(formatLeft(share, tookMs)).toBe(expected);
});

test("Tab completes commands, options and integrations in a real shell", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-shell-"));
  writeFileSync(join(folder, "eventfork"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
  const env = { ...cli.env, PATH: `${folder}:${cli.env.PATH}`, PS1: "ready> " };
  terminal = openTerminal("bash", ["--norc", "--noprofile"], env);
  await until(/ready> /);
  terminal.type("source <(eventfork complete bash) && echo sour''ced\n");
  await until(/sourced/);
  terminal.type("eventfork integrations pau\t");
  await until(/integrations pause/);
  terminal.type("sla\t");
  await until(/integrations pause slack/);
  terminal.close();
  await rm(folder, { recursive: true });
});

function openTerminal(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const pty = spawn(file, [...args], { cols: 140, rows: 30, env: { ...env, TERM: "xterm-256color" } });
  let raw = "";
  pty.onData((chunk) => (raw += chunk));
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  return {
    raw: () => raw,
    text: () => stripVTControlCharacters(raw),
    type: (keys: string) => pty.write(keys),
    ended,
    close: () => pty.kill(),
  };
}
