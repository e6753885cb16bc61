export { type Disagreement, listDisagreements } from "./queues.ts";
export { type ReconcileResult, reconcile } from "./reconcile.ts";
export { countOverdue, resendOverdue, resendOverdueInput } from "./resend.ts";
