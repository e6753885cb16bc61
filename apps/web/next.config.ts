import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NextConfig } from "next";

/** What is no page loads nothing. Pages get a policy with a nonce from `src/proxy.ts`. */
const noPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const securityHeaders = {
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Cross-Origin-Opener-Policy": "same-origin",
};

const toHeaders = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

/**
 * Asks Chrome (from 136) to compile scripts off the page's own thread while it loads them; to other browsers it is a comment.
 * Lighthouse on sign-up: 78 without, 88 with. Source: v8.dev/blog/explicit-compile-hints.
 */
async function compileScriptsWhileLoading({ distDir }: { distDir: string }): Promise<void> {
  const folder = join(distDir, "static/chunks");
  const scripts = (await readdir(folder)).filter((file) => file.endsWith(".js")).map((file) => join(folder, file));
  for (const script of scripts)
    await writeFile(script, `//# allFunctionsCalledOnLoad\n${await readFile(script, "utf8")}`);
}

const config: NextConfig = {
  transpilePackages: ["@eventfork/core"],
  // The server loads these by itself: compiling them takes `next dev` eight of its thirteen seconds before the first answer.
  serverExternalPackages: [
    "@aws-lambda-powertools/metrics",
    "@aws-sdk/client-eventbridge",
    "@aws-sdk/client-lambda",
    "@aws-sdk/client-sesv2",
    "@aws-sdk/client-sns",
    "@aws-sdk/client-sqs",
    "@opentelemetry/api",
    "@opentelemetry/exporter-trace-otlp-http",
    "@opentelemetry/sdk-trace",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@zxcvbn-ts/language-common",
    "better-auth",
    "pg",
    "pino",
    "zod",
  ],
  compiler: { runAfterProductionCompile: compileScriptsWhileLoading },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
  experimental: {
    // The compiler that `npm run verify` uses has no API that Next could call.
    useTypeScriptCli: true,
    // The local stack ends `next dev` with SIGKILL; on what such an end leaves in the cache, the next start reloads pages again and again.
    turbopackFileSystemCacheForDev: false,
    // A build is made once of its sources: writing a cache beside it takes a quarter of the time.
    turbopackFileSystemCacheForBuild: false,
    // Bytes before compression, four times what it is by itself: a page begins with fewer scripts, and each costs a browser more than
    // its bytes.
    turbopackChunking: { minChunkSize: 200_000 },
  },
  headers: async () => [
    // `next dev` serves one script of its own as JSON, which no browser may take for a script; a build has no such folder.
    { source: "/((?!_next/static/development/).*)", headers: toHeaders(securityHeaders) },
    // Each response is about one person, one key or one moment.
    { source: "/api/:path*", headers: toHeaders({ "Cache-Control": "no-store" }) },
    ...["/api/:path*", "/_next/:path*", "/icon.svg"].map((source) => ({
      source,
      headers: [{ key: "Content-Security-Policy", value: noPagePolicy }],
    })),
  ],
};

export default config;
