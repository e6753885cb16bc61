import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import {
  type HandlerExecutionContext,
  type InitializeMiddleware,
  type MetadataBearer,
  type MiddlewareStack,
  SMITHY_CONTEXT_KEY,
} from "@smithy/types";
import { Sha256 } from "./sha256.ts";

export type LeanProtocol<Input extends object, Output extends MetadataBearer> = {
  service: "sns" | "sqs";
  contentType: string;
  calls: Readonly<Record<string, LeanCall<Input, Output>>>;
};

/** `read` parses a response with status 200; undefined leaves the call to the SDK. */
export type LeanCall<Input extends object, Output extends MetadataBearer> = {
  headers?: Readonly<Record<string, string>>;
  write(input: Input): string | undefined;
  read(text: string, input: Input): Omit<Output, "$metadata"> | undefined;
};

type LeanClient<Input extends object, Output extends MetadataBearer> = {
  config: (SNSClient | SQSClient)["config"];
  middlewareStack: MiddlewareStack<Input, Output>;
};

type Origin = Pick<HttpRequest, "protocol" | "hostname" | "path"> & { port?: number };

/**
 * Skips the SDK's serializers and retries, two thirds of a call's CPU time. The SDK repeats a call with an unexpected
 * response, so only repeatable calls qualify.
 */
export function leanCalls<Input extends object, Output extends MetadataBearer>(
  { config, middlewareStack }: LeanClient<Input, Output>,
  { service, contentType, calls }: LeanProtocol<Input, Output>,
): void {
  let origin: Origin | undefined;
  const { region, credentials } = config;
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });

  const send = async (
    call: LeanCall<Input, Output>,
    input: Input,
    at: Origin,
    abortSignal: AbortSignal | undefined,
  ) => {
    const body = call.write(input);
    if (body === undefined) return undefined;
    const headers = {
      ...call.headers,
      host: at.port === undefined ? at.hostname : `${at.hostname}:${at.port}`,
      "content-type": contentType,
      "content-length": String(Buffer.byteLength(body)),
    };
    const request = new HttpRequest({ ...at, method: "POST", headers, body });
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    const signed = await signer.sign(request, { signingDate });
    const { response } = await config.requestHandler.handle(
      new HttpRequest(signed),
      abortSignal === undefined ? {} : { abortSignal },
    );
    const text = await readText(response.body);
    const read = response.statusCode === 200 ? call.read(text, input) : undefined;
    if (read === undefined) return undefined;
    return { response, output: { ...read, $metadata: { httpStatusCode: 200 } } as Output };
  };

  const lean: InitializeMiddleware<Input, Output> = (next, context) => {
    const call = calls[context.commandName ?? ""];
    if (call === undefined) return next;
    return async (args) => {
      if (origin === undefined) return next(args);
      const abortSignal = abortSignalOf(context);
      const answer = await send(call, args.input, origin, abortSignal).catch((error) => {
        if (abortSignal?.aborted) throw error;
      });
      return answer ?? next(args);
    };
  };
  middlewareStack.add(
    (next) => async (args) => {
      if (origin === undefined && HttpRequest.isInstance(args.request)) origin = originOf(args.request);
      return next(args);
    },
    { step: "build", name: "leanCallsLearn" },
  );
  middlewareStack.add(lean, { step: "initialize", name: "leanCalls" });
}

function originOf({ protocol, hostname, path, port }: HttpRequest): Origin {
  return { protocol, hostname, path, ...(port === undefined ? {} : { port }) };
}

function abortSignalOf(context: HandlerExecutionContext): AbortSignal | undefined {
  const { abortSignal } = (context[SMITHY_CONTEXT_KEY] ?? {}) as { abortSignal?: AbortSignal };
  return abortSignal;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
