import { startSandbox } from "@eventfork/local/sandbox";
import { expect, test } from "vitest";
import { EventforkError } from "../index.ts";
import { createMailer } from "./index.ts";

const aws = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

test("a mail reaches the server that the SDK is pointed at, unchanged", async () => {
  const sandbox = await startSandbox({ port: 0 });
  const env = { ...aws, AWS_ENDPOINT_URL_SESV2: `${sandbox.url}/ses`, EVENTFORK_MAIL_FROM: "hello@eventfork.test" };
  const mail = { to: "ada@lovelace.dev", subject: "Schön, 你好", text: "One line.\n<b>Another</b>" };
  await createMailer(env)?.send(mail);
  const answer = await (await fetch(`${sandbox.url}/_sandbox/mail`)).json();
  expect(answer).toMatchObject({ mails: [{ ...mail, from: "hello@eventfork.test" }] });
  const page = await (await fetch(sandbox.url)).text();
  expect(page).toContain("&lt;b&gt;Another&lt;/b&gt;");
  await sandbox.stop();
});

test("without a sender there is no mailer, and a sender that is no address is reported", () => {
  expect(createMailer({})).toBeNull();
  expect(() => createMailer({ EVENTFORK_MAIL_FROM: "hello" })).toThrow(EventforkError);
});
