import { createHash, createHmac } from "node:crypto";

export type AwsCall = {
  service: string;
  region: string;
  host: string;
  path: string;
  target?: string;
};

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };

/** Set by SST. Source: sst/sst, pkg/project/provider/aws.go */
export function readCredentials(env: Readonly<Record<string, string | undefined>>): Credentials | undefined {
  const { SST_AWS_ACCESS_KEY_ID, SST_AWS_SECRET_ACCESS_KEY, SST_AWS_SESSION_TOKEN } = env;
  if (!SST_AWS_ACCESS_KEY_ID || !SST_AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: SST_AWS_ACCESS_KEY_ID,
    secretAccessKey: SST_AWS_SECRET_ACCESS_KEY,
    sessionToken: SST_AWS_SESSION_TOKEN || undefined,
  };
}

/**
 * Honors `AWS_ENDPOINT_URL`.
 * @throws Error with AWS's code and status, or after 5 s without a response.
 */
export async function callAws(call: AwsCall, credentials: Credentials): Promise<unknown> {
  const base = process.env.AWS_ENDPOINT_URL || `https://${call.host}`;
  const { method, headers, body } = signCall(call, credentials, new Date());
  const { host: _, ...sent } = headers;
  const signal = AbortSignal.timeout(5_000);
  const response = await fetch(base + call.path, { method, headers: sent, signal, ...(body === "" ? {} : { body }) });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const [, code = ""] = /"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?(\w+)/.exec(text) ?? [];
  const named = response.headers.get("x-amzn-errortype")?.split(":")[0] || code;
  throw new AwsCallError(named || `HTTP ${response.status}`, response.status);
}

export class AwsCallError extends Error {
  readonly code: string;
  readonly isDenied: boolean;
  constructor(code: string, status: number) {
    super(`AWS answered ${code} (${status})`);
    this.code = code;
    this.isDenied = /AccessDenied|NotAuthorized/.test(code);
  }
}

/** Signature version 4. Source: IAM user guide, "Create a signed AWS API request". */
export function signCall({ service, region, host, path, target }: AwsCall, credentials: Credentials, now: Date) {
  const body = target === undefined ? "" : "{}";
  const method = target === undefined ? "GET" : "POST";
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const { sessionToken } = credentials;
  const unsigned: Record<string, string> = {
    ...(target === undefined ? {} : { "content-type": "application/x-amz-json-1.0" }),
    host,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
    ...(target === undefined ? {} : { "x-amz-target": target }),
  };
  const names = Object.keys(unsigned).sort();
  const lines = names.map((name) => `${name}:${unsigned[name]}\n`).join("");
  const canonical = [method, path, "", lines, names.join(";"), sha256(body)].join("\n");
  const scope = [time.slice(0, 8), region, service, "aws4_request"].join("/");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  const headers: Record<string, string> = { ...unsigned, authorization };
  return { method, body, headers };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
