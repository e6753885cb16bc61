import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { integrationName, messageOf } from "@eventfork/core/platform";
import type { IntegrationName } from "@eventfork/core/topology";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import { loopback, refuseForeignRequests } from "../loopback/index.ts";
import { createAnalytics, refuseAnalytics } from "./analytics/api.ts";
import { createFaults, faultMiddleware, faultSchema, type Refusal, type SandboxEnv } from "./faults.ts";
import { openLedger, type SandboxLedger } from "./ledger.ts";
import { createMail, listMails } from "./mail/mail.ts";
import { createMailchimp } from "./mailchimp/api.ts";
import { refuseMailchimp } from "./mailchimp/problems.ts";
import { renderPage } from "./page/page.ts";
import { createSlack, refuseSlack } from "./slack/api.ts";

export type { SandboxFault } from "./faults.ts";
export type { LedgerEffect, LedgerEntry, SandboxLedger } from "./ledger.ts";
export { sandboxEnv } from "./variables.ts";

export type Sandbox = { url: string; port: number; ledger: SandboxLedger; stop: () => Promise<void> };

const bodyLimitBytes = 10 * 1024 * 1024;

/**
 * Port 0 picks a free one. `isAlone` replaces the global `Request` and `Response` with lighter ones.
 * @throws Error when the port is taken.
 */
export async function startSandbox(options: {
  port: number;
  file?: string;
  now?: () => number;
  isAlone?: boolean;
}): Promise<Sandbox> {
  const ledger = openLedger(options.file);
  const stopping = new AbortController();
  const server = createServer(
    getRequestListener(createApp(ledger, stopping.signal, options.now ?? Date.now).fetch, {
      overrideGlobalObjects: options.isAlone === true,
    }),
  );
  refuseForeignRequests(server);
  server.listen(options.port, loopback);
  try {
    await once(server, "listening");
  } catch (cause) {
    ledger.close();
    throw new Error(`The sandbox cannot listen on port ${options.port} of ${loopback}.`, { cause });
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${loopback}:${port}`,
    port,
    ledger,
    async stop() {
      stopping.abort();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      ledger.close();
    },
  };
}

function createApp(ledger: SandboxLedger, stopping: AbortSignal, now: () => number) {
  const faults = createFaults();
  const limits = { enabled: true };
  const standIn = (integration: IntegrationName, refuse: Refusal) => ({
    ledger,
    limits,
    now,
    applyFault: faultMiddleware({ integration, faults, ledger, refuse, stopping }),
  });

  return new Hono<SandboxEnv>()
    .use(async (c, next) => {
      const isTooLarge = Number(c.req.header("content-length") ?? 0) > bodyLimitBytes;
      return isTooLarge ? c.json({ error: `The body is over ${bodyLimitBytes} bytes.` }, 413) : next();
    })
    .route("/analytics", createAnalytics(standIn("analytics", refuseAnalytics)))
    .route("/mailchimp/3.0", createMailchimp(standIn("mailchimp", refuseMailchimp)))
    .route("/slack/api", createSlack(standIn("slack", refuseSlack)))
    .route("/ses", createMail(ledger))
    .route("/_sandbox", createControl({ ledger, faults, limits }))
    .get("/", (c) => {
      const nonce = crypto.randomUUID();
      c.header(
        "content-security-policy",
        `default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'`,
      );
      return c.html(renderPage({ ledger, faults, limits, nonce }));
    })
    .onError((error, c) => c.json({ error: messageOf(error) }, 500));
}

export async function setFault(
  sandboxUrl: string,
  name: IntegrationName,
  fault: z.input<typeof faultSchema> | null,
): Promise<void> {
  const url = `${sandboxUrl}/_sandbox/faults/${name}`;
  const response = await fetch(
    url,
    fault === null ? { method: "DELETE" } : { method: "PUT", body: JSON.stringify(fault) },
  );
  if (!response.ok) throw new Error(`the sandbox did not take a fault for ${name}: HTTP ${response.status}`);
}

const shownMails = 50;

const limitsSchema = z.strictObject({ enabled: z.boolean() });
const pageSchema = z.object({ limit: z.coerce.number().int().min(0).optional(), after: z.string().optional() });

type Controlled = { ledger: SandboxLedger; faults: ReturnType<typeof createFaults>; limits: { enabled: boolean } };

function createControl({ ledger, faults, limits }: Controlled) {
  const app = new Hono<SandboxEnv>();
  app.get("/ledger/:integration", (c) =>
    c.json(ledger.read(integrationName.parse(c.req.param("integration")), pageSchema.parse(c.req.query()))),
  );
  app.get("/mail", (c) => c.json({ mails: listMails(ledger, pageSchema.parse(c.req.query()).limit ?? shownMails) }));
  app.delete("/ledger", (c) => {
    ledger.clear();
    return c.body(null, 204);
  });
  app.get("/faults/:integration", (c) => c.json(faults.get(integrationName.parse(c.req.param("integration")))));
  app.put("/faults/:integration", async (c) => {
    const integration = integrationName.parse(c.req.param("integration"));
    faults.set(integration, faultSchema.parse(await c.req.json().catch(() => undefined)));
    return c.json(faults.get(integration));
  });
  app.delete("/faults/:integration", (c) => {
    faults.clear(integrationName.parse(c.req.param("integration")));
    return c.body(null, 204);
  });
  app.get("/limits", (c) => c.json(limits));
  app.put("/limits", async (c) => {
    Object.assign(limits, limitsSchema.parse(await c.req.json().catch(() => undefined)));
    return c.json(limits);
  });
  app.onError((error, c) => {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
    return c.json({ error: "The request is not right.", problems }, 400);
  });
  return app;
}
