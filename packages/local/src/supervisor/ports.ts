import { createServer } from "node:net";

/**
 * A free TCP port: the wanted one, or the first free one above it. With `isFixed` the wanted one or nothing.
 * @throws Error naming the port and its purpose.
 */
export async function findPort(purpose: string, wanted: number, isFixed = false): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) {
    if (await isFree(port)) return port;
    if (isFixed) break;
  }
  throw new Error(`Port ${wanted} (${purpose}) is taken by another program. Stop it, or choose another port.`);
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
