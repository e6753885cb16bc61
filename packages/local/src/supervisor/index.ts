export { findPort } from "./ports.ts";
export { type Part, Supervisor } from "./supervisor.ts";
export { waitFor } from "./wait.ts";
