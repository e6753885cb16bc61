import crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import vm from "node:vm";
import { transformSync } from "esbuild";
import type { Graph } from "../graph/evaluate.ts";
import { inputsOf, ofType, only } from "../graph/graph.ts";
import { platform } from "../platform.ts";

export type ViewerRequest = {
  method: string;
  path: string;
  query?: string;
  headers?: Readonly<Record<string, string>>;
  cookies?: readonly string[];
  body?: string;
  ip?: string;
};

export type Routed =
  | { kind: "function"; event: FunctionUrlEvent }
  | { kind: "file"; key: string }
  | { kind: "answer"; statusCode: number; headers: Record<string, string>; body: string };

type FunctionUrlEvent = {
  rawPath: string;
  headers: Record<string, string>;
  body?: string;
} & Record<string, unknown>;

type Value = { value: string };
type EdgeRequest = {
  method: string;
  uri: string;
  querystring: Record<string, Value>;
  headers: Record<string, Value>;
  cookies?: Record<string, Value>;
};
type EdgeAnswer = { statusCode: number; headers?: Record<string, Value>; body?: { data: string } };
type Origin = {
  domainName: string;
  originAccessControlConfig: { enabled: boolean; signingBehavior?: string; originType?: string };
};

/** Source: CloudFront developer guide, "Restrictions on Lambda@Edge": origin request bodies are cut there. */
const edgeBodyBytes = 1024 * 1024;

/** Runs the viewer function and the edge function that SST generates. */
export function createCloudFront(graph: Graph): (request: ViewerRequest) => Promise<Routed> {
  const viewerRequest = readViewerFunction(graph);
  const sign = readEdgeSigner();
  return async (viewer) => {
    const { method, path, query = "", headers = {}, cookies = [], body, ip = "203.0.113.7" } = viewer;
    const request: EdgeRequest = {
      method,
      uri: path,
      querystring: toValues([...new URLSearchParams(query)]),
      headers: toValues(Object.entries({ host: "events.example.com", ...headers })),
      cookies: toValues(cookies.map((cookie) => splitAt(cookie, "="))),
    };
    const { result, origin } = await viewerRequest({ version: "1.0", viewer: { ip }, request });
    if ("statusCode" in result) {
      const { statusCode, headers: own = {}, body: text } = result;
      return { kind: "answer", statusCode, headers: toTexts(own), body: text?.data ?? "" };
    }
    if (origin.originAccessControlConfig.originType === "s3") return { kind: "file", key: result.uri.slice(1) };
    const own = toTexts(result.headers);
    delete own.host;
    const bytes = Buffer.from(body ?? "");
    const signed = await sign(method, bytes);
    if ("status" in signed) {
      return { kind: "answer", statusCode: Number(signed.status), headers: {}, body: signed.body };
    }
    const { enabled, signingBehavior } = origin.originAccessControlConfig;
    // Source: CloudFront API reference, OriginAccessControlConfig, "always".
    const signature =
      enabled && signingBehavior === "always" ? { authorization: "AWS4-HMAC-SHA256 Credential=cloudfront" } : {};
    const forwarded = { ...own, ...signed.headers, "x-forwarded-for": ip, ...signature, host: origin.domainName };
    return { kind: "function", event: toFunctionUrlEvent(result, forwarded, query, cookies, bytes) };
  };
}

/** Source: Lambda developer guide, "Invoking Lambda function URLs". */
function toFunctionUrlEvent(
  { method, uri }: EdgeRequest,
  headers: Record<string, string>,
  rawQueryString: string,
  cookies: readonly string[],
  body: Buffer,
): FunctionUrlEvent {
  const isText = /^(text\/|application\/(json|xml|javascript))/.test(headers["content-type"] ?? "text/plain");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: uri,
    rawQueryString,
    cookies: [...cookies],
    headers: cookies.length === 0 ? headers : { ...headers, cookie: cookies.join("; ") },
    requestContext: {
      accountId: "anonymous",
      apiId: "abc",
      domainName: headers.host,
      http: { method, path: uri, protocol: "HTTP/1.1", sourceIp: "198.51.100.1", userAgent: "Amazon CloudFront" },
      requestId: "test",
      routeKey: "$default",
      stage: "$default",
      time: "24/Nov/2026:00:00:00 +0000",
      timeEpoch: 1_795_000_000_000,
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

type Evaluated = { result: EdgeRequest | EdgeAnswer; origin: Origin };

function readViewerFunction(graph: Graph): (event: object) => Promise<Evaluated> {
  const { code } = inputsOf(only(ofType(graph, "cloudfront/function:Function"), "RouterCloudfrontFunctionRequest"));
  const store = readStore(graph);
  const script = new vm.Script(`${String(code).replace(/^\s*import cf from "cloudfront";/, "")}\nhandler`);
  return async (event) => {
    let origin: Origin = { domainName: "placeholder.sst.dev", originAccessControlConfig: { enabled: false } };
    const get = async (key: string) => {
      const value = store.get(key);
      if (value === undefined) throw new Error(`KeyNotFound: ${key}`);
      return value;
    };
    const cf = { kvs: () => ({ get }), updateRequestOrigin: (chosen: Origin) => (origin = chosen) };
    const require = (name: string) => {
      if (name !== "crypto") throw new Error(`CloudFront Functions have no module ${name}`);
      return crypto;
    };
    const handler = script.runInNewContext({ cf, require }) as (event: object) => Promise<Evaluated["result"]>;
    return { result: await handler(event), origin };
  };
}

/** Source: sst/sst, pkg/server/resource */
function readStore(graph: Graph): Map<string, string> {
  const store = new Map<string, string>();
  for (const resource of graph.resources) {
    const inputs = inputsOf(resource);
    if (resource.name.endsWith("sst.aws.KvKeys")) {
      for (const [key, value] of Object.entries(inputs.entries ?? {}))
        store.set(`${inputs.namespace}:${key}`, String(value));
    }
    if (resource.name.endsWith("sst.aws.KvRoutesUpdate")) {
      store.set(`${inputs.namespace}:${inputs.key}`, JSON.stringify([inputs.entry]));
    }
  }
  return store;
}

type Signed = { headers: Record<string, string> } | { status: string; body: string };

/** SST's Lambda@Edge function signs bodies for origin access control. */
function readEdgeSigner(): (method: string, body: Buffer) => Promise<Signed> {
  const source = readFileSync(join(platform, "functions/oac-edge-signer/index.ts"), "utf8");
  const { code } = transformSync(source, { loader: "ts", format: "cjs" });
  const module = { exports: {} as { handler: (event: object) => Promise<Record<string, unknown>> } };
  vm.runInNewContext(code, {
    module,
    exports: module.exports,
    require: createRequire(import.meta.url),
    Buffer,
    console,
  });
  const { handler } = module.exports;
  return async (method, body) => {
    const inputTruncated = body.length > edgeBodyBytes;
    const sent = { inputTruncated, encoding: "base64", data: body.subarray(0, edgeBodyBytes).toString("base64") };
    const answer = await handler({ Records: [{ cf: { request: { method, headers: {}, body: sent } } }] });
    if ("status" in answer) return { status: String(answer.status), body: String(answer.body) };
    const headers = answer.headers as Record<string, { value: string }[]>;
    return {
      headers: Object.fromEntries(Object.entries(headers).map(([name, [first]]) => [name, first?.value ?? ""])),
    };
  };
}

const toValues = (pairs: readonly (readonly [string, string])[]): Record<string, Value> =>
  Object.fromEntries(pairs.map(([name, value]) => [name, { value }]));

const toTexts = (values: Readonly<Record<string, Value>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
