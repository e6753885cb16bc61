import { AsyncLocalStorage } from "node:async_hooks";
import { APIError } from "better-auth/api";
import { EventforkError } from "../../platform/index.ts";
import { hashPassword, isOutdatedHash, verifyPassword } from "./passwords.ts";

type Scope = {
  network: string | null;
  prepared?: { password: string; hash: string; at: number };
  outdatedHash?: string;
};

const scopes = new AsyncLocalStorage<Scope>();

const currentNetwork = () => scopes.getStore()?.network ?? null;

/** A sign-up's password is hashed before its transaction, which would otherwise hold a connection for that time. */
export const requestPasswords = {
  within: <Result>(network: string | null, work: () => Result): Result => scopes.run({ network }, work),

  /** @throws APIError 503 with Retry-After */
  async prepare(password: string): Promise<void> {
    const hash = await answerBusy(() => hashPassword(password, { purpose: "sign_up", network: currentNetwork() }));
    const scope = scopes.getStore();
    if (scope !== undefined) scope.prepared = { password, hash, at: performance.now() };
  },

  async hash(password: string): Promise<string> {
    const prepared = scopes.getStore()?.prepared;
    if (prepared?.password === password) return prepared.hash;
    return answerBusy(() => hashPassword(password, { purpose: "log_in", network: currentNetwork() }));
  },

  async verify({ hash, password }: { hash: string; password: string }): Promise<boolean> {
    const isRight = await answerBusy(() => verifyPassword(hash, password, currentNetwork()));
    const scope = scopes.getStore();
    if (isRight && isOutdatedHash(hash) && scope !== undefined) scope.outdatedHash = hash;
    return isRight;
  },

  preparedAt: (): number | undefined => scopes.getStore()?.prepared?.at,

  outdatedHash: (): string | undefined => scopes.getStore()?.outdatedHash,
};

async function answerBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EventforkError) || error.code !== "UNAVAILABLE") throw error;
    const headers = { "retry-after": error.problems[0]?.message ?? "1" };
    throw new APIError("SERVICE_UNAVAILABLE", { code: "BUSY", message: error.message }, headers);
  }
}
