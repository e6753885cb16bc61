import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const bucket = "sst-state-test";

const bootstrap = {
  ...{ version: 5, state: bucket, asset: "sst-asset-test" },
  ...{ assetEcrRegistryId: "", assetEcrUrl: "", appsyncHttp: "", appsyncRealtime: "" },
};

export async function startSstBackend(stages: readonly string[], links: Readonly<Record<string, string>>) {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: string) => response.writeHead(status).end(body);
    if (String(request.headers["x-amz-target"]).endsWith("GetParameter")) {
      const { Name } = JSON.parse(await text(request));
      const Value = Name === "/sst/bootstrap" ? JSON.stringify(bootstrap) : "a passphrase";
      return answer(200, JSON.stringify({ Parameter: { Name, Value, Version: 1, Type: "String" } }));
    }
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    const stage = stages.find((name) => pathname === `/${bucket}/app/eventfork/${name}.json`);
    if (stage !== undefined) return answer(200, JSON.stringify(toState(stage, links)));
    return answer(404, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** A stage's state in S3 is a Pulumi checkpoint in which each link is a resource. */
function toState(stage: string, links: Readonly<Record<string, string>>) {
  const urn = (type: string, name: string) => `urn:pulumi:${stage}::eventfork::${type}::${name}`;
  const stack = { urn: urn("pulumi:pulumi:Stack", `eventfork-${stage}`), custom: false, type: "pulumi:pulumi:Stack" };
  const refs = Object.entries(links).map(([target, value]) => ({
    urn: urn("sst:sst:LinkRef", `${target}LinkRef`),
    ...{ custom: false, type: "sst:sst:LinkRef", parent: stack.urn },
    outputs: { target, properties: { value }, include: [] },
  }));
  const manifest = { time: "2026-11-24T10:00:00Z", magic: "", version: "" };
  const latest = { manifest, resources: [{ ...stack, outputs: {} }, ...refs] };
  return { version: 3, checkpoint: { stack: `organization/eventfork/${stage}`, latest } };
}
