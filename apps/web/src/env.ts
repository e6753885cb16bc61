import {
  authEnv,
  databaseEnv,
  logEnv,
  mailEnv,
  maintenanceEnv,
  messagingEnv,
  processEnv,
  readEnv,
} from "@eventfork/core/platform/env";
import { z } from "zod";

const webEnv = {
  ...authEnv,
  ...databaseEnv,
  ...messagingEnv,
  ...logEnv,
  ...mailEnv,
  ...maintenanceEnv,
  /** Only the proxy in front may be able to set this header. */
  TRUSTED_IP_HEADER: z.string().toLowerCase().optional(),
  /** The header into which the proxy copies `Authorization` before it replaces it. */
  TRUSTED_AUTHORIZATION_HEADER: z.string().toLowerCase().default("authorization"),
  /** Ranges of the proxies that append to the address header. */
  TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform((text) =>
      text
        .split(",")
        .map((range) => range.trim())
        .filter(Boolean),
    )
    .pipe(
      z.array(
        z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
          error: "should be addresses or ranges such as 10.0.0.0/8",
        }),
      ),
    ),
};

/** @throws EventforkError `MISCONFIGURED`, naming each variable that is missing or wrong. */
export function readWebEnv() {
  return readEnv(webEnv, processEnv());
}
