import { type Env, mailEnv, readEnv } from "@eventfork/core/platform/env";
import { registry } from "@eventfork/core/providers/registry";
import * as Topology from "@eventfork/core/topology";
import { sandboxEnv } from "../sandbox/index.ts";

export type ThirdParties = {
  env: Env;
  real: Topology.IntegrationName[];
  on: Topology.IntegrationName[];
  off: Topology.IntegrationName[];
};

/**
 * The developer's own keys, otherwise the sandbox; without keys, an optional integration is off.
 * @throws EventforkError `MISCONFIGURED`.
 */
export async function chooseThirdParties(env: Env, sandboxUrl: string): Promise<ThirdParties> {
  const sandbox: Env = sandboxEnv(sandboxUrl);
  const chosen: Record<string, string | undefined> = {};
  const parties: ThirdParties = { env: chosen, real: [], on: [], off: [] };
  for (const name of Topology.integrationNames) {
    const { secrets, settings } = Topology.topologyOf(name);
    const isOptional = Topology.isOptional(name);
    const isReal = secrets.slice(0, isOptional ? secrets.length : 1).some((variable) => Boolean(env[variable]));
    if (!isReal && isOptional) {
      parties.off.push(name);
      continue;
    }
    parties.on.push(name);
    if (isReal) {
      parties.real.push(name);
      (await registry[name]()).connect(env);
    }
    for (const variable of [...secrets, ...settings]) chosen[variable] = isReal ? env[variable] : sandbox[variable];
  }
  return parties;
}

/** @throws EventforkError `MISCONFIGURED`. */
export function chooseMail(env: Env, sandboxUrl: string): Env {
  const { EVENTFORK_MAIL_FROM, EVENTFORK_EMAIL_VERIFICATION = "off", EVENTFORK_SIGN_UP_EVENT } = readEnv(mailEnv, env);
  if (EVENTFORK_MAIL_FROM !== undefined) {
    return { EVENTFORK_MAIL_FROM, EVENTFORK_EMAIL_VERIFICATION, EVENTFORK_SIGN_UP_EVENT };
  }
  return {
    EVENTFORK_MAIL_FROM: "hello@eventfork.test",
    EVENTFORK_EMAIL_VERIFICATION,
    EVENTFORK_SIGN_UP_EVENT,
    AWS_ENDPOINT_URL_SESV2: `${sandboxUrl}/ses`,
  };
}
