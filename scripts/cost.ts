// `npm run cost`: a stage's cost, as in docs/operations/deploy.md. Builds the web app.
import { describeCosts } from "../infra/cost/cost.ts";
import { alarms, evaluate, ownDatabase, secretValues, settings } from "../infra/testing/graph/evaluate.ts";
import { buildWebForLambda } from "../infra/testing/lambda/web.ts";

const env = { ...settings, ...alarms, ...secretValues };
await buildWebForLambda();
const [production, own] = await Promise.all([
  evaluate({ stage: "production", env }),
  evaluate({ stage: "production", env: { ...env, ...ownDatabase } }),
]);
for (const { failure } of [production, own]) if (failure !== null) throw new Error(failure);
process.stdout.write(`${describeCosts({ production, own })}\n`);
