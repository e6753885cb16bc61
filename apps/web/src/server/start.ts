import * as Outbox from "@eventfork/core/outbox";
import {
  createLogger,
  EventforkError,
  logUnhandledRejections,
  maskAddresses,
  messageOf,
} from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import { isLambda, processEnv, socketAddressHeader } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { createMailer, type Mail } from "@eventfork/core/platform/mail";
import { flushBeforeFreeze, startTracing } from "@eventfork/core/platform/tracing";
import { createAuth } from "@eventfork/core/users";
import { nextCookies } from "better-auth/next-js";
import { after } from "next/server";
import { readWebEnv } from "../env.ts";
import { type Runtime, setRuntime } from "./context.ts";
import { noteSocketAddresses } from "./http/request-origin.ts";

/** Exits on wrong settings: Next would keep listening and fail every request. */
export async function start(): Promise<void> {
  try {
    await startTracing("web");
    setRuntime(createRuntime());
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}

/** @throws EventforkError `MISCONFIGURED` when a setting is missing or wrong. */
function createRuntime(): Runtime {
  const env = readWebEnv();
  const log = createLogger({ name: "web", level: env.LOG_LEVEL });
  logUnhandledRejections(log, { isLambda: isLambda(processEnv()) });
  noteSocketAddresses();
  if (env.TRUSTED_IP_HEADER === undefined) {
    const proxy = "behind a proxy that is the proxy's own, and its header should be named";
    log.warn({}, `TRUSTED_IP_HEADER is not set: limits count by the address of the socket; ${proxy}`);
  }
  const base = { db: createDb({ connections: 10 }), messaging: createMessaging(), log, now: () => new Date() };

  async function publishOutbox(): Promise<void> {
    try {
      await Outbox.publishPending(base, { withinMs: Outbox.requestPublishMs });
    } catch (error) {
      log.warn({ error: messageOf(error) }, "the outbox could not be published now; the relay will do it");
    }
    await flushBeforeFreeze();
  }

  const mailer = createMailer();
  if (mailer === null && env.EVENTFORK_EMAIL_VERIFICATION === "required") {
    const message =
      "EVENTFORK_EMAIL_VERIFICATION is required, and EVENTFORK_MAIL_FROM is not set: nobody could confirm.";
    throw new EventforkError("MISCONFIGURED", message);
  }

  async function sendMail(mail: Mail): Promise<void> {
    try {
      await mailer?.send(mail);
    } catch (error) {
      log.error({ subject: mail.subject, error: maskAddresses(messageOf(error)) }, "a mail could not be sent");
    }
  }

  const isVerificationRequired = mailer !== null && env.EVENTFORK_EMAIL_VERIFICATION !== "off";
  const isInMaintenance = env.EVENTFORK_MAINTENANCE === "on";
  const auth = createAuth({
    db: base.db,
    log,
    secret: env.BETTER_AUTH_SECRET,
    previousSecret: env.BETTER_AUTH_SECRET_PREVIOUS,
    baseURL: env.BETTER_AUTH_URL,
    clientIp: { header: env.TRUSTED_IP_HEADER ?? socketAddressHeader, trustedProxies: env.TRUSTED_PROXIES },
    onRecorded: () => after(publishOutbox),
    sendMail: mailer && ((mail) => after(() => sendMail(mail))),
    isVerificationRequired,
    signUpEvent: env.EVENTFORK_SIGN_UP_EVENT,
    isInMaintenance,
    plugins: [nextCookies()],
  });
  const mail = { hasMail: mailer !== null, isVerificationRequired };
  const settings = { baseURL: env.BETTER_AUTH_URL, authorizationHeader: env.TRUSTED_AUTHORIZATION_HEADER };
  return { ...base, ...mail, ...settings, auth, isInMaintenance, publishOutbox };
}
