import { askAuth } from "./auth-client.ts";

export async function logOut(): Promise<boolean> {
  const { ok } = await askAuth("/sign-out", {});
  if (ok) window.location.assign("/");
  return ok;
}
