import type { NextConfig } from "next";

const contentSecurityPolicy = ["frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'", "object-src 'none'"];

const securityHeaders = {
  "Content-Security-Policy": contentSecurityPolicy.join("; "),
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
    "@opentelemetry/api",
    "@opentelemetry/exporter-trace-otlp-http",
    "@opentelemetry/sdk-trace",
  ],
  poweredByHeader: false,
  agentRules: false,
  devIndicators: false,
  // The local stack ends `next dev` with SIGKILL; on what such an end leaves in the cache, the next start reloads pages again and again.
  experimental: { turbopackFileSystemCacheForDev: false },
  headers: async () => [
    { source: "/:path*", headers: Object.entries(securityHeaders).map(([key, value]) => ({ key, value })) },
  ],
};

export default config;
