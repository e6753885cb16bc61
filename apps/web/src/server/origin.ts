/** Browsers always name the origin of a request that changes something. */
export function isSameOrigin(request: Request, baseURL: string): boolean {
  return request.headers.get("origin") === new URL(baseURL).origin;
}

const ownSites: readonly (string | null)[] = [null, "same-origin", "none"];

/** For requests that only read. A typed address or a program is let in. */
export function isFromAnotherSite(request: Request, baseURL: string): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(baseURL).origin) return true;
  return !ownSites.includes(request.headers.get("sec-fetch-site"));
}
