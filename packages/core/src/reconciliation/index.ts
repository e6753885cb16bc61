export { findOldestUnfinished } from "./backlog.ts";
export { countOverdue } from "./overdue.ts";
export { type Disagreement, listDisagreements } from "./queues.ts";
export { reconcile } from "./reconcile.ts";
