import { askAuth } from "./auth-client.ts";

/** Ends the session and leaves for the landing page; false when that failed. */
export async function logOut(): Promise<boolean> {
  const { ok } = await askAuth("/sign-out", {});
  if (ok) window.location.assign("/");
  return ok;
}
