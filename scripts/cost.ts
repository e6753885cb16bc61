// `npm run cost`: what a stage costs, as docs/operations/deploy.md has it, from the evaluated graph. It builds the web app as a deployment does.
import { describeCosts } from "../infra/cost.ts";
import { evaluate } from "../infra/testing/evaluate.ts";
import { alarms, ownDatabase, secretValues, settings } from "../infra/testing/settings.ts";
import { buildWeb } from "../infra/testing/web.ts";

const env = { ...settings, ...alarms, ...secretValues };
await buildWeb();
const [production, own] = await Promise.all([
  evaluate({ stage: "production", env }),
  evaluate({ stage: "production", env: { ...env, ...ownDatabase } }),
]);
for (const { failure } of [production, own]) if (failure !== null) throw new Error(failure);
process.stdout.write(`${describeCosts({ production, own })}\n`);
