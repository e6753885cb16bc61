/** Whether a request that changes something was sent by our own pages: browsers always name the origin of such a request. */
export function isSameOrigin(request: Request, baseURL: string): boolean {
  return request.headers.get("origin") === new URL(baseURL).origin;
}

const ownSites: readonly (string | null)[] = [null, "same-origin", "none"];

/**
 * Whether a request that only reads comes from another site's page: a browser says so, in one header or the other. Who typed the address
 * or asks with no browser is let in, as far as this goes.
 */
export function isFromAnotherSite(request: Request, baseURL: string): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(baseURL).origin) return true;
  return !ownSites.includes(request.headers.get("sec-fetch-site"));
}
