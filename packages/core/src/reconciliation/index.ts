export { findOldestUnfinished } from "./backlog.ts";
export { checkpointOf, countOverdue } from "./overdue.ts";
export { type Disagreement, listDisagreements } from "./queues.ts";
export { reconcile } from "./reconcile.ts";
