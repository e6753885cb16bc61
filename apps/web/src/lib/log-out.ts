import { askAuth } from "./auth-client.ts";

/** False when it failed. */
export async function logOut(): Promise<boolean> {
  const { ok } = await askAuth("/sign-out", {});
  if (ok) window.location.assign("/");
  return ok;
}
