import type { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { groupOf, sendMessages } from "./index.ts";

function refuse(name: string): { sqs: SQSClient; taken: string[]; calls: () => number } {
  const taken: string[] = [];
  let calls = 0;
  const send = async ({ input: { Entries = [] } }: SendMessageBatchCommand) => {
    calls += 1;
    const bodies = Entries.map(({ MessageBody = "" }) => MessageBody);
    if (bodies.includes("poison")) throw Object.assign(new Error("refused"), { name });
    taken.push(...bodies);
    return { Failed: [] };
  };
  return { sqs: { send } as unknown as SQSClient, taken, calls: () => calls };
}

const messages = ["a", "poison", "b", "c"].map((MessageBody) => ({ MessageBody, MessageGroupId: undefined }));

test("a call that SQS refuses for one message's content is split, and the others are sent", async () => {
  const { sqs, taken } = refuse("InvalidMessageContents");
  expect(await sendMessages(sqs, "queue", messages)).toEqual([null, "refused", null, null]);
  expect(taken).toEqual(["a", "b", "c"]);
});

test("a call that SQS refuses for another reason is not made again", async () => {
  const { sqs, calls } = refuse("QueueDoesNotExist");
  expect(await sendMessages(sqs, "queue", messages)).toEqual(["refused", "refused", "refused", "refused"]);
  expect(calls()).toBe(1);
});

test("the characters that SQS refuses are sent escaped", async () => {
  const { sqs, taken } = refuse("");
  await sendMessages(sqs, "queue", [{ MessageBody: '{"name":"A\uffff\ufffe😀"}', MessageGroupId: "web" }]);
  expect(taken).toEqual(['{"name":"A\\uffff\\ufffe😀"}']);
});

test("a producer's group is its name, or a hash of one that SQS would refuse", () => {
  expect(groupOf("web")).toBe("web");
  expect(groupOf("b".repeat(128))).toBe("b".repeat(128));
  for (const source of ["the shop", "Łódź", "b".repeat(129), ""]) expect(groupOf(source)).toMatch(/^[\w-]{43}$/);
  expect(groupOf("the shop")).not.toBe(groupOf("the shops"));
});
