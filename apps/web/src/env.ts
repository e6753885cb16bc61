import {
  authEnv,
  databaseEnv,
  logEnv,
  mailEnv,
  maintenanceEnv,
  messagingEnv,
  processEnv,
  readEnv,
} from "@eventfork/core/env";
import { z } from "zod";

const webEnv = {
  ...authEnv,
  ...databaseEnv,
  ...messagingEnv,
  ...logEnv,
  ...mailEnv,
  ...maintenanceEnv,
  /** A header that only the proxy in front can set. */
  TRUSTED_IP_HEADER: z.string().toLowerCase().optional(),
  /** Where the proxy in front copies `Authorization`, which it then sets to one of its own. */
  TRUSTED_AUTHORIZATION_HEADER: z.string().toLowerCase().default("authorization"),
  /** Needed where that address header holds several addresses: the ranges of the proxies that add to it. */
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

/**
 * The web app's settings, and those that `core` reads for it: at start every wrong one is reported at once.
 * @throws EventforkError `MISCONFIGURED`, naming each variable that is missing or wrong.
 */
export function readWebEnv() {
  return readEnv(webEnv, processEnv());
}
