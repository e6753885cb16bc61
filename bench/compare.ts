import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { fileURLToPath } from "node:url";
import { findPort, firstPorts } from "@eventfork/local/ports";
import { createDatabase } from "@eventfork/local/postgres";
import { waitFor } from "@eventfork/local/supervisor";
import { installFolder } from "../scripts/programs.ts";

export type Compared = { queue: string; events: number; deliveries: number; seconds: number; cpuMicros: number };

const folder = fileURLToPath(new URL("compare", import.meta.url));
const postgresQueues = ["pg-boss", "graphile-worker"];
const redisQueues = ["bullmq"];

/** Skips BullMQ without `redis-server`. */
export async function compareQueues(options: {
  events: number;
  postgres: string;
  database: string;
}): Promise<Compared[]> {
  installFolder(folder);
  const database = await createDatabase(options.postgres, options.database);
  const api = createServer((request, response) => request.resume().on("end", () => response.end('{"ok":true}')));
  await once(api.listen(0, "127.0.0.1"), "listening");
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const redis = await startRedis();
  const names = [...postgresQueues, ...(redis === undefined ? [] : redisQueues)];
  try {
    const compared: Compared[] = [];
    for (const name of names) {
      compared.push(await drainOne([name, String(options.events), database, redis?.url ?? "", apiUrl]));
    }
    return compared;
  } finally {
    redis?.process.kill();
    api.close();
  }
}

async function drainOne(args: readonly string[]): Promise<Compared> {
  const child = spawn(process.execPath, [`${folder}/main.ts`, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args[0]} was not measured: its process ended with ${code}`);
  // The queues log to stdout too.
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
}

async function startRedis(): Promise<{ process: ChildProcess; url: string } | undefined> {
  if (spawnSync("redis-server", ["--version"]).error) {
    console.error("There is no redis-server here, so BullMQ is not measured.");
    return undefined;
  }
  const port = await findPort("Redis", firstPorts.temporary);
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", flags, { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  await waitFor("Redis", 10_000, () => ping(port));
  return { process: child, url };
}

async function ping(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  return true;
}
