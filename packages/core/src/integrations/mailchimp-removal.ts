import { createHash } from "node:crypto";
import { mailchimpEnv, readEnv } from "../env/index.ts";
import { EventforkError } from "../kernel/index.ts";
import { isDeliveryError } from "./define.ts";
import { callMailchimp } from "./mailchimp-transport.ts";
import type { RemovePerson } from "./removals.ts";

const timeoutMs = 15_000;

/**
 * Removes a member from the Mailchimp audience.
 * Source: https://mailchimp.com/developer/marketing/api/list-members/ ("Archive list member", "Delete list member")
 */
export const removeMember: RemovePerson = async ({ email, how }, { env, now }) => {
  const { MAILCHIMP_API_KEY: apiKey, MAILCHIMP_LIST_ID: list, MAILCHIMP_API_URL } = readEnv(mailchimpEnv, env);
  const base = MAILCHIMP_API_URL ?? `https://${apiKey.slice(apiKey.lastIndexOf("-") + 1)}.api.mailchimp.com/3.0`;
  const hash = createHash("md5").update(email.toLowerCase()).digest("hex");
  const member = `${base.replace(/\/+$/, "")}/lists/${encodeURIComponent(list)}/members/${hash}`;
  const request =
    how === "archive"
      ? { url: new URL(member), method: "DELETE", body: undefined }
      : { url: new URL(`${member}/actions/delete-permanent`), method: "POST", body: undefined };
  return { wasMember: await call(request, { apiKey, email, now }) };
};

async function call(
  request: Parameters<typeof callMailchimp>[0],
  { apiKey, email, now }: { apiKey: string; email: string; now: () => Date },
): Promise<boolean> {
  try {
    await callMailchimp(request, {
      apiKey,
      hidden: [email],
      signal: AbortSignal.timeout(timeoutMs),
      now,
      uncertain: new Map(),
      traceparent: null,
    });
    return true;
  } catch (error) {
    if (!isDeliveryError(error)) throw error;
    if (["Resource Not Found", "Method Not Allowed"].includes(error.code)) return false;
    throw new EventforkError("UNAVAILABLE", `Mailchimp did not do it: ${error.message}`, { cause: error });
  }
}
