export { countOverdue } from "./overdue.ts";
export { type Disagreement, listDisagreements } from "./queues.ts";
export { type ReconcileResult, reconcile } from "./reconcile.ts";
export { resendOverdue, resendOverdueInput } from "./resend.ts";
