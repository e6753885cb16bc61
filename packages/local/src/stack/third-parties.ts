import { analyticsEnv, type Env, mailchimpEnv, mailEnv, readEnv, slackEnv } from "@eventfork/core/env";
import type { IntegrationName } from "@eventfork/core/topology";
import { sandboxEnv } from "../sandbox/index.ts";

const settings = { analytics: analyticsEnv, mailchimp: mailchimpEnv, slack: slackEnv };

/**
 * The settings of every third party: the person's own where the key is set, the sandbox's otherwise.
 * @throws EventforkError `MISCONFIGURED` naming a variable of the person's that is wrong.
 */
export function chooseThirdParties(env: Env, sandboxUrl: string): { env: Env; real: IntegrationName[] } {
  const keys: Record<IntegrationName, string> = {
    analytics: "ANALYTICS_WRITE_KEY",
    mailchimp: "MAILCHIMP_API_KEY",
    slack: "SLACK_BOT_TOKEN",
  };
  const sandbox: Env = sandboxEnv(sandboxUrl);
  const chosen: Record<string, string | undefined> = {};
  const real: IntegrationName[] = [];
  for (const [name, shape] of Object.entries(settings) as [IntegrationName, (typeof settings)[IntegrationName]][]) {
    const isReal = Boolean(env[keys[name]]);
    if (isReal) real.push(name);
    readEnv(shape, isReal ? env : sandbox);
    for (const variable of Object.keys(shape)) chosen[variable] = isReal ? env[variable] : sandbox[variable];
  }
  return { env: chosen, real };
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
