import type { Db } from "@eventfork/core/db";
import { type Actor, newId } from "@eventfork/core/kernel";
import * as Users from "@eventfork/core/users";
import { dayMs, hourMs } from "./clock.ts";
import type { History } from "./history.ts";

type Operator = Extract<Actor, { kind: "person" }>;

/** Who works with the demo. The first is whoever looks at it: the admin of the stack. */
export type Operators = { you: Operator; noor: Operator; tomas: Operator; ines: Operator };

const browsers = [
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
] as const;

/** A browser at an address that is reserved for documentation, always the same for the same number. */
export function originOf(number: number): { ip: string; userAgent: string } {
  const network = ["192.0.2", "198.51.100", "203.0.113"][number % 3] ?? "192.0.2";
  return { ip: `${network}.${1 + ((number * 7) % 250)}`, userAgent: browsers[number % browsers.length] ?? browsers[0] };
}

/** Makes the operators at the beginning of the past: the admin of the stack gives the others their roles. */
export async function makeOperators(history: History, adminEmail: string): Promise<Operators> {
  const { db } = history.ctx;
  const joinedAt = new Date(history.clock.ms());
  const found = await db.user.update({
    where: { email: adminEmail },
    data: { createdAt: joinedAt, updatedAt: joinedAt },
    select: { id: true },
  });
  const you: Operator = { kind: "person", id: found.id, email: adminEmail, role: "admin" };
  const ctx = { ...history.ctx, actor: you, from: originOf(1) };
  const hire = async (name: string, email: string, role: "admin" | "viewer"): Promise<Operator> => {
    const id = newId("user");
    const made = { id, name, email, emailVerified: true, createdAt: joinedAt, updatedAt: joinedAt };
    await db.user.create({ data: made });
    history.clock.advance(0.01 * hourMs);
    await Users.grantRole(ctx, { email, role });
    return { kind: "person", id, email, role };
  };
  return {
    you,
    noor: await hire("Noor Haddad", "noor@eventfork.example", "admin"),
    tomas: await hire("Tomás Oliveira", "tomas@eventfork.example", "admin"),
    ines: await hire("Ines Meyer", "ines@eventfork.example", "viewer"),
  };
}

/** The sessions of those who are still signed in. */
export async function openSessions(
  db: Db,
  open: readonly { userId: string; at: number; number: number }[],
): Promise<void> {
  await db.session.createMany({
    data: open.map(({ userId, at, number }) => {
      const { ip: ipAddress, userAgent } = originOf(number);
      const made = { createdAt: new Date(at), updatedAt: new Date(at), expiresAt: new Date(at + 7 * dayMs) };
      return { id: newId("session"), userId, token: newId("session"), ipAddress, userAgent, ...made };
    }),
  });
}
