import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NextConfig } from "next";

/** Responses that are not pages load nothing. Pages get a nonce policy from `src/proxy.ts`. */
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
 * Chrome 136 reads this and compiles scripts off the main thread. Lighthouse on sign-up: 78 without, 88 with.
 * Source: v8.dev/blog/explicit-compile-hints
 */
async function compileScriptsWhileLoading({ distDir }: { distDir: string }): Promise<void> {
  const folder = join(distDir, "static/chunks");
  const scripts = (await readdir(folder)).filter((file) => file.endsWith(".js")).map((file) => join(folder, file));
  for (const script of scripts)
    await writeFile(script, `//# allFunctionsCalledOnLoad\n${await readFile(script, "utf8")}`);
}

/** Where people look for a form. */
const otherPaths = {
  "/sign-up": ["/signup", "/register", "/join"],
  "/login": ["/signin", "/sign-in", "/log-in"],
  "/forgot-password": ["/forgot", "/password-reset"],
};

const config: NextConfig = {
  transpilePackages: ["@eventfork/core"],
  // Compiling these takes `next dev` eight seconds.
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
    useTypeScriptCli: true,
    // The local stack ends `next dev` with SIGKILL, which damages the cache.
    turbopackFileSystemCacheForDev: false,
    turbopackFileSystemCacheForBuild: false,
    // In bytes before compression: fewer scripts load faster.
    turbopackChunking: { minChunkSize: 200_000 },
  },
  redirects: async () =>
    Object.entries(otherPaths).flatMap(([destination, sources]) =>
      sources.map((source) => ({ source, destination, permanent: false })),
    ),
  headers: async () => [
    // `next dev` serves one of its scripts as JSON.
    { source: "/((?!_next/static/development/).*)", headers: toHeaders(securityHeaders) },
    { source: "/api/:path*", headers: toHeaders({ "Cache-Control": "no-store" }) },
    ...["/api/:path*", "/_next/:path*", "/icon.svg"].map((source) => ({
      source,
      headers: [{ key: "Content-Security-Policy", value: noPagePolicy }],
    })),
  ],
};

export default config;
