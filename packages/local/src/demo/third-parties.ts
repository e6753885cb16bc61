import { type Connection, type DeliverOptions, registry } from "@eventfork/core/integrations";
import { type IntegrationName, requiredNames } from "@eventfork/core/topology";
import type { Fault } from "../sandbox/index.ts";
import { sandboxEnv, startSandbox } from "../sandbox/index.ts";
import type { Clock } from "./clock.ts";
import type { Weather } from "./weather.ts";

export type ThirdParties = {
  /** The integration's own connection to its stand-in, in the weather of the clock's time, taking as long as the weather says. */
  connect: (name: IntegrationName, clock: Clock) => Pick<Connection, "deliver">;
  stop: () => Promise<void>;
};

/**
 * Stand-ins of the past: the sandbox itself, in memory, so that every answer, refusal and error is what it would be. Only the time that a call takes
 * is the weather's.
 */
export async function startThirdParties(weather: Weather): Promise<ThirdParties> {
  let time = 0;
  const sandbox = await startSandbox({ port: 0, now: () => time });
  const control = async (path: string, method: "PUT" | "DELETE", body?: object) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, init);
    if (!response.ok) throw new Error(`the sandbox of the past did not take ${path}: HTTP ${response.status}`);
  };
  await control("limits", "PUT", { enabled: false });
  const env = sandboxEnv(sandbox.url);
  const connections = new Map<IntegrationName, Connection>();
  for (const name of requiredNames) connections.set(name, (await registry[name]()).connect(env));
  const inForce = new Map<IntegrationName, string>();

  const meet = async (name: IntegrationName, fault: Partial<Fault> | null) => {
    const wanted = JSON.stringify(fault);
    if ((inForce.get(name) ?? "null") === wanted) return;
    inForce.set(name, wanted);
    await (fault === null ? control(`faults/${name}`, "DELETE") : control(`faults/${name}`, "PUT", fault));
  };

  return {
    connect: (name, clock) => ({
      async deliver(events, options: DeliverOptions) {
        const connection = connections.get(name);
        if (connection === undefined) throw new TypeError(`${name} has no stand-in`);
        const { fault, latencyMs } = weather(name, clock.ms());
        await meet(name, fault);
        time = clock.ms();
        const outcomes = await connection.deliver(events, options);
        clock.advance(latencyMs);
        return outcomes;
      },
    }),
    stop: sandbox.stop,
  };
}
