import type { ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-sqs";
import type { LeanCall, LeanProtocol } from "./calls.ts";

/** Source: "Making requests with the AWS JSON protocol", SQS developer guide. */
export const sqsProtocol: LeanProtocol<ServiceInputTypes, ServiceOutputTypes> = {
  service: "sqs",
  contentType: "application/x-amz-json-1.0",
  calls: {
    ReceiveMessageCommand: jsonCall("AmazonSQS.ReceiveMessage"),
    DeleteMessageBatchCommand: jsonCall("AmazonSQS.DeleteMessageBatch"),
  },
};

function jsonCall(target: string): LeanCall<ServiceInputTypes, ServiceOutputTypes> {
  return { headers: { "x-amz-target": target }, write: (input) => JSON.stringify(input), read: readOutput };
}

function readOutput(text: string): ServiceOutputTypes {
  const output: ServiceOutputTypes = JSON.parse(text);
  for (const { MessageAttributes } of "Messages" in output ? (output.Messages ?? []) : []) {
    for (const value of Object.values(MessageAttributes ?? {})) {
      if (typeof value.BinaryValue === "string") {
        value.BinaryValue = new Uint8Array(Buffer.from(value.BinaryValue, "base64"));
      }
    }
  }
  return output;
}
