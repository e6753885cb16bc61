import { authEnv, type Env, logEnv, processEnv, readEnv } from "@eventfork/core/platform/env";
import { z } from "zod";
import { loopback } from "../loopback/index.ts";

const port = (fallback: number) =>
  z.coerce.number({ error: "should be a port number" }).int().min(1).max(65_535).default(fallback);

const leastTimeoutSeconds = 4;

const consumerEnv = {
  EVENTFORK_CONSUMER_TIMEOUT_SECONDS: z.coerce
    .number({ error: "should be a whole number of seconds" })
    .int("should be a whole number of seconds")
    .min(leastTimeoutSeconds, `should be ${leastTimeoutSeconds} or more`)
    .optional(),
};

/** Short, because the emulator also hands messages to pollers that have ended. */
export const localLongPollSeconds = 2;

const stackEnv = {
  PORT: port(3000),
  /** Some shells export their machine's name as HOST. */
  HOST: z.union([z.ipv4(), z.ipv6()]).catch(loopback),
  EVENTFORK_STATE_DIR: z.string().default(".eventfork"),
  DATABASE_URL: z.string().startsWith("postgres", "should be a Postgres address").optional(),
  AWS_ENDPOINT_URL: z.url("should be an address such as http://127.0.0.1:4566").optional(),
  ...consumerEnv,
  /** `built` serves the output of `next build`: faster, but it does not follow the code. */
  EVENTFORK_WEB: z.enum(["dev", "built"], { error: "should be dev or built" }).default("dev"),
  BETTER_AUTH_URL: authEnv.BETTER_AUTH_URL.optional(),
  ...logEnv,
};

export type StackEnv = z.output<z.ZodObject<typeof stackEnv>> & { isPortFixed: boolean; inherited: Env };

/** @throws EventforkError `MISCONFIGURED` with each wrong variable. */
export function readStackEnv(inherited: Env = processEnv()): StackEnv {
  return { ...readEnv(stackEnv, inherited), isPortFixed: Boolean(inherited.PORT), inherited };
}

/** @throws EventforkError `MISCONFIGURED`. */
export function readConsumerTimeout(): number | undefined {
  return readEnv(consumerEnv, processEnv()).EVENTFORK_CONSUMER_TIMEOUT_SECONDS;
}
