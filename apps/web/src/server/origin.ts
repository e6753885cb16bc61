/** Browsers always send Origin with requests that change something. */
export function isSameOrigin(request: Request, baseURL: string): boolean {
  return request.headers.get("origin") === new URL(baseURL).origin;
}

const ownSites: readonly (string | null)[] = [null, "same-origin", "none"];

export function isFromAnotherSite(request: Request, baseURL: string): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(baseURL).origin) return true;
  return !ownSites.includes(request.headers.get("sec-fetch-site"));
}
