export { type ReconcileResult, reconcile } from "./reconcile.ts";
export { countOverdue, resendOverdue, resendOverdueInput } from "./resend.ts";
