import { type Env, mailEnv, readEnv } from "@eventfork/core/env";
import { registry } from "@eventfork/core/integrations";
import * as Topology from "@eventfork/core/topology";
import { sandboxEnv } from "../sandbox/index.ts";

export type ThirdParties = {
  env: Env;
  /** Those whose keys are the person's own. */
  real: Topology.IntegrationName[];
  on: Topology.IntegrationName[];
  off: Topology.IntegrationName[];
};

/**
 * The settings of every third party: the person's own where the first of its secrets is set, the sandbox's otherwise. An optional one
 * without the person's own is off.
 * @throws EventforkError `MISCONFIGURED` naming a variable of the person's that is wrong or missing.
 */
export async function chooseThirdParties(env: Env, sandboxUrl: string): Promise<ThirdParties> {
  const sandbox: Env = sandboxEnv(sandboxUrl);
  const chosen: Record<string, string | undefined> = {};
  const parties: ThirdParties = { env: chosen, real: [], on: [], off: [] };
  for (const name of Topology.integrationNames) {
    const { secrets, settings } = Topology.topologyOf(name);
    const isOptional = Topology.isOptional(name);
    // An optional one that is half set up is no stand-in's: connecting says what it lacks.
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

/**
 * The settings of mail: the person's own where a sender is set, the sandbox's otherwise. Nobody has to confirm an address here unless the
 * person wants to see how that is.
 * @throws EventforkError `MISCONFIGURED` naming a variable of the person's that is wrong.
 */
export function chooseMail(env: Env, sandboxUrl: string): Env {
  const { EVENTFORK_MAIL_FROM, EVENTFORK_EMAIL_VERIFICATION = "off" } = readEnv(mailEnv, env);
  if (EVENTFORK_MAIL_FROM !== undefined) return { EVENTFORK_MAIL_FROM, EVENTFORK_EMAIL_VERIFICATION };
  return {
    EVENTFORK_MAIL_FROM: "hello@eventfork.test",
    EVENTFORK_EMAIL_VERIFICATION,
    AWS_ENDPOINT_URL_SESV2: `${sandboxUrl}/ses`,
  };
}
