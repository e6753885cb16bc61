// Bundled into SST's platform: evaluates sst.config.ts with mocked providers and prints the resources.
import { writeFileSync } from "node:fs";
import { run } from "sst-platform/auto/run";
import config from "../../../sst.config.ts";
import { answerCall, createState } from "./aws.ts";

type Recorded = { type: string; name: string; inputs: unknown; options: object };

const resources: Recorded[] = [];
const options = new Map<string, $util.ResourceOptions>();
const [output = ""] = process.argv.slice(2);

$util.runtime.setMocks(
  {
    newResource({ type, name, inputs }) {
      resources.push({ type, name, inputs, options: {} });
      return createState(type, name, inputs);
    },
    call: ({ token, inputs }) => answerCall(token, inputs),
  },
  $app.name,
  $app.stage,
);

const failure = await evaluate().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
await $util.runtime.disconnect();
for (const resource of resources) {
  resource.options = describeOptions(options.get(`${resource.type}/${resource.name}`) ?? {});
}
writeFileSync(output, JSON.stringify({ resources, failure: failure ?? null }));
process.exit(0);

async function evaluate(): Promise<void> {
  const app = await config.app({ stage: $app.stage });
  Object.assign($app, { removal: app.removal, protect: app.protect, providers: app.providers });
  await $util.runtime.runInPulumiStack(async () => {
    $util.runtime.registerStackTransformation(({ type, name, opts }) => {
      options.set(`${type}/${name}`, opts);
      return undefined;
    });
    return run(config.run);
  });
}

function describeOptions({ dependsOn, ignoreChanges = [], retainOnDelete = false }: $util.ResourceOptions): object {
  const list = Array.isArray(dependsOn) ? dependsOn : dependsOn === undefined ? [] : [dependsOn];
  const names = list.flatMap((item) => ("__name" in item ? [item.__name] : []));
  return { dependsOn: names, ignoreChanges, retainOnDelete };
}
