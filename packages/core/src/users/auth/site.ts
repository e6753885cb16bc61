import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "../../platform/db/index.ts";
import { silentLogger } from "../../platform/index.ts";
import type { Mail } from "../../platform/mail/index.ts";
import { type Auth, createAuth } from "../index.ts";

const origin = "https://app.eventfork.test";

type SiteOptions = { isVerificationRequired?: boolean; hashMs?: number };

export type Site = ReturnType<typeof createTestSite>;

export function createTestSite(db: Db, { isVerificationRequired = false, hashMs = 5 }: SiteOptions = {}) {
  const mails: Mail[] = [];
  const checked = { passwords: 0 };
  const auth: Auth = createAuth({
    db,
    log: silentLogger,
    secret: "a secret that only this suite's sessions are signed with",
    baseURL: origin,
    clientIp: { header: "x-client-ip", trustedProxies: [] },
    sendMail: (mail) => void mails.push(mail),
    isVerificationRequired,
    plugins: [cheapPasswords(checked, hashMs)],
  });

  function post(path: string, body: object | null, { ip = "10.0.0.1", cookie = "" } = {}): Promise<Response> {
    const headers = new Headers({ "content-type": "application/json", origin, "x-client-ip": ip });
    if (cookie !== "") headers.set("cookie", cookie);
    const sent = body === null ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    return auth.handler(new Request(`${origin}/api/auth${path}`, sent));
  }

  function createBrowser(ip: string) {
    const jar = new Map<string, string>();
    const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    async function ask(path: string, body: object | null = {}): Promise<Response> {
      const response = await post(path, body, { ip, cookie: cookie() });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/Max-Age=0/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    }
    return { ask, cookie, jar };
  }

  return { auth, mails, checked, post, createBrowser };
}

function cheapPasswords(checked: { passwords: number }, hashMs: number) {
  type Password = { hash: (password: string) => Promise<string>; verify: (data: Compared) => Promise<boolean> };
  type Compared = { password: string; hash: string };
  return {
    id: "cheap-passwords",
    init: ({ password }: { password: Password }) => ({
      context: {
        password: {
          ...password,
          hash: async (text: string) => sleep(hashMs, `hash of ${text}`),
          verify: async ({ password: text, hash }: Compared) => {
            checked.passwords += 1;
            return sleep(hashMs, hash === `hash of ${text}`);
          },
        },
      },
    }),
  };
}

export const responseStatuses = (responses: readonly Response[]) => responses.map(({ status }) => status);

export async function clearPeople(db: Db): Promise<void> {
  await db.$transaction([
    db.user.deleteMany(),
    db.event.deleteMany(),
    db.rateLimit.deleteMany(),
    db.turn.deleteMany(),
    db.verification.deleteMany(),
    db.auditEntry.deleteMany(),
  ]);
}
