import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";

export type Invocation = {
  result: unknown;
  coldStartMs: number;
  output: string;
};

// Lambda's runtime in short: invokes the handler once and prints its result.
const runtime = `
  import { text } from "node:stream/consumers";
  const { file, event, timeoutMs } = JSON.parse(await text(process.stdin));
  const { handler } = await import(file);
  const until = Date.now() + timeoutMs;
  const result = await handler(event, { getRemainingTimeInMillis: () => until - Date.now(), callbackWaitsForEmptyEventLoop: false });
  process.stdout.write("\\nresult " + JSON.stringify(result ?? null) + "\\n", () => process.exit(0));
`;

/**
 * Invokes a handler in a process that sees only the bundle and `env`.
 * @throws Error with its output when it fails.
 */
export async function invoke(
  file: string,
  event: unknown,
  env: Record<string, string>,
  timeoutSeconds = 20,
): Promise<Invocation> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--input-type=module", "-e", runtime], {
    cwd: dirname(file),
    env: { AWS_LAMBDA_FUNCTION_NAME: "test", LAMBDA_TASK_ROOT: dirname(file), NODE_ENV: "production", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  child.stdin.end(JSON.stringify({ file, event, timeoutMs: timeoutSeconds * 1_000 }));
  const [code] = await once(child, "close");
  const coldStartMs = performance.now() - startedAt;
  const line = output.split("\n").findLast((candidate) => candidate.startsWith("result "));
  if (code !== 0 || line === undefined) throw new Error(`${file} ended with ${code}:\n${output}`);
  return { result: JSON.parse(line.slice("result ".length)), coldStartMs, output };
}
