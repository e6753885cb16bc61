import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Below the ports of outgoing connections, which may take a free one at any time (Linux: from 32768, macOS and Windows:
 * from 49152).
 */
export const firstPorts = { broker: 4_566, sandbox: 4_600, postgres: 25_432, temporary: 26_000 } as const;

const claims = join(tmpdir(), "eventfork-ports");
const portsToTry = 1_000;
const own = new Set<number>();

/**
 * The wanted port, or, unless `isFixed`, the first free one above it. No other process that asks here gets it.
 * @throws Error naming port and purpose.
 */
export async function findPort(purpose: string, wanted: number, isFixed = false): Promise<number> {
  for (let port = wanted; port < wanted + portsToTry; port++) {
    if (await claim(port)) {
      if (await isFree(port)) return port;
      own.delete(port);
      await rm(claimFile(port), { force: true });
    }
    if (isFixed) break;
  }
  throw new Error(`Port ${wanted} (${purpose}) is taken by another program. Stop it, or choose another port.`);
}

const claimFile = (port: number, pid = process.pid) => join(claims, `${port}.${pid}`);

/** A claim is a file named for port and process. Of two that come together both give way, so none needs a lock. */
async function claim(port: number): Promise<boolean> {
  if (own.has(port)) return false;
  await mkdir(claims, { recursive: true });
  // Other people's stacks on this machine claim here, too.
  await chmod(claims, 0o1777).catch(() => undefined);
  await writeFile(claimFile(port), "");
  for (const name of await readdir(claims)) {
    const [claimed, pid] = name.split(".").map(Number);
    if (claimed !== port || pid === undefined || pid === process.pid) continue;
    if (isRunning(pid)) {
      await rm(claimFile(port), { force: true });
      return false;
    }
    await rm(claimFile(port, pid), { force: true }).catch(() => undefined);
  }
  own.add(port);
  return true;
}

/** Also true for a process of another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "0.0.0.0", "::"]) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
