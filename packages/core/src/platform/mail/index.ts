import { callsWithin } from "../aws/index.ts";
import { type Env, mailEnv, processEnv, provideAwsSettings, readEnv } from "../env/index.ts";

export type Mail = { to: string; subject: string; text: string };

export type Mailer = { send(mail: Mail): Promise<void> };

/**
 * Null without a sender.
 * @throws EventforkError `MISCONFIGURED`.
 */
export function createMailer(env: Env = processEnv()): Mailer | null {
  const { EVENTFORK_MAIL_FROM: from } = readEnv(mailEnv, env);
  if (from === undefined) return null;
  provideAwsSettings(env);
  let sender: Promise<(mail: Mail) => Promise<void>> | undefined;
  return {
    async send(mail) {
      sender ??= connect(from);
      await (await sender)(mail);
    },
  };
}

const timeoutMs = 5_000;

async function connect(from: string): Promise<(mail: Mail) => Promise<void>> {
  const { SESv2Client, SendEmailCommand } = await import("@aws-sdk/client-sesv2");
  const client = new SESv2Client(callsWithin(timeoutMs));
  return async ({ to, subject, text }) => {
    const content = (data: string) => ({ Data: data, Charset: "UTF-8" });
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: content(subject), Body: { Text: content(text) } } },
      }),
    );
  };
}
