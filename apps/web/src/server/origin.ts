/** Whether a request that changes something was sent by our own pages: browsers always name the origin of such a request. */
export function isSameOrigin(request: Request, baseURL: string): boolean {
  return request.headers.get("origin") === new URL(baseURL).origin;
}
