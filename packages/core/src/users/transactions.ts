import { AsyncLocalStorage } from "node:async_hooks";
import type { Db, Tx } from "../db/index.ts";

/**
 * better-auth opens its transactions itself and hands none to its hooks: given `db`, its hooks find the open one with
 * `current`, or the client itself where there is none.
 */
export function followTransactions(db: Db): { db: Db; current: () => Tx } {
  const open = new AsyncLocalStorage<Tx>();
  const runTransaction = (work: (tx: Tx) => Promise<unknown>) => db.$transaction((tx) => open.run(tx, () => work(tx)));
  const followed = new Proxy(db, {
    get: (target, property) => (property === "$transaction" ? runTransaction : Reflect.get(target, property, target)),
  });
  return { db: followed, current: () => open.getStore() ?? db };
}
