export const maintenance = {
  code: "MAINTENANCE",
  message: "Eventfork is under maintenance. Nothing was written: try again in a few minutes.",
  retryAfterSeconds: 300,
};

export function maintenanceResponse(body: object): Response {
  return Response.json(body, { status: 503, headers: { "retry-after": String(maintenance.retryAfterSeconds) } });
}
