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

const config: NextConfig = {
  transpilePackages: ["@eventfork/core"],
  serverExternalPackages: [
    "pg",
    "pino",
    "@prisma/client",
    "@aws-sdk/client-sns",
    "@aws-sdk/client-sqs",
    "@aws-sdk/client-sesv2",
    "@opentelemetry/api",
    "@opentelemetry/exporter-trace-otlp-http",
    "@opentelemetry/sdk-trace",
  ],
  // `npm run verify` has checked them.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
  // The local stack ends `next dev` with SIGKILL; on what such an end leaves in the cache, the next start reloads pages again and again.
  experimental: { turbopackFileSystemCacheForDev: false },
  headers: async () => [
    { source: "/:path*", headers: Object.entries(securityHeaders).map(([key, value]) => ({ key, value })) },
    ...["/api/:path*", "/_next/:path*", "/icon.svg"].map((source) => ({
      source,
      headers: [{ key: "Content-Security-Policy", value: noPagePolicy }],
    })),
  ],
};

export default config;
