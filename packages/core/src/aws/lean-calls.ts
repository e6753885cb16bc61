import type { ServiceInputTypes, ServiceOutputTypes, SQSClient } from "@aws-sdk/client-sqs";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import { type HandlerExecutionContext, type InitializeMiddleware, SMITHY_CONTEXT_KEY } from "@smithy/types";

/** The calls that a busy poller makes for every ten messages, and their names on the wire. Source: SQS's API reference. */
const targets: Readonly<Record<string, string>> = {
  ReceiveMessageCommand: "AmazonSQS.ReceiveMessage",
  DeleteMessageBatchCommand: "AmazonSQS.DeleteMessageBatch",
};

type Place = Pick<HttpRequest, "protocol" | "hostname" | "path"> & { port?: number };

/**
 * Lets a client receive and delete messages past the SDK's serialisers and retries, which use twice the CPU time of everything
 * else in a call. The endpoint is the one that the SDK chose for its first call; credentials, region, signature and
 * connections are the client's own. Whatever is not answered with 200 is called again in the SDK's own way, with its retries and
 * errors: both calls may be repeated. Source: "Making requests with the AWS JSON protocol", SQS developer guide.
 */
export function leanCalls(client: SQSClient): void {
  let place: Place | undefined;
  const { config, middlewareStack } = client;
  const { region, credentials, sha256 } = config;
  const signer = new SignatureV4({ service: "sqs", region, credentials, sha256 });

  const call = async (target: string, input: ServiceInputTypes, at: Place, abortSignal: AbortSignal | undefined) => {
    const body = JSON.stringify(input);
    const headers = {
      host: at.port === undefined ? at.hostname : `${at.hostname}:${at.port}`,
      "content-type": "application/x-amz-json-1.0",
      "content-length": String(Buffer.byteLength(body)),
      "x-amz-target": target,
    };
    const request = new HttpRequest({ ...at, method: "POST", headers, body });
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    const signed = await signer.sign(request, { signingDate });
    const { response } = await config.requestHandler.handle(
      new HttpRequest(signed),
      abortSignal === undefined ? {} : { abortSignal },
    );
    const text = await readText(response.body);
    return response.statusCode === 200 ? { response, output: readOutput(text) } : undefined;
  };

  const lean: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => {
    const target = targets[context.commandName ?? ""];
    if (target === undefined) return next;
    return async (args) => {
      if (place === undefined) return next(args);
      const abortSignal = abortSignalOf(context);
      const answer = await call(target, args.input, place, abortSignal).catch((error) => {
        if (abortSignal?.aborted) throw error;
      });
      return answer ?? next(args);
    };
  };
  middlewareStack.add(
    (next) => async (args) => {
      if (place === undefined && HttpRequest.isInstance(args.request)) place = placeOf(args.request);
      return next(args);
    },
    { step: "build", name: "leanCallsLearn" },
  );
  middlewareStack.add(lean, { step: "initialize", name: "leanCalls" });
}

function placeOf({ protocol, hostname, path, port }: HttpRequest): Place {
  return { protocol, hostname, path, ...(port === undefined ? {} : { port }) };
}

// The SDK hands a call's own options to its middleware in the context.
function abortSignalOf(context: HandlerExecutionContext): AbortSignal | undefined {
  const { abortSignal } = (context[SMITHY_CONTEXT_KEY] ?? {}) as { abortSignal?: AbortSignal };
  return abortSignal;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** SQS's JSON has the shape that the SDK answers, but for binary attributes, which it writes in base 64. */
function readOutput(text: string): ServiceOutputTypes {
  const output: ServiceOutputTypes = { ...JSON.parse(text), $metadata: { httpStatusCode: 200 } };
  for (const { MessageAttributes } of "Messages" in output ? (output.Messages ?? []) : []) {
    for (const value of Object.values(MessageAttributes ?? {})) {
      if (typeof value.BinaryValue === "string") {
        value.BinaryValue = new Uint8Array(Buffer.from(value.BinaryValue, "base64"));
      }
    }
  }
  return output;
}
