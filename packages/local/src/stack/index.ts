export { fail, runStack } from "./run.ts";
export type { Stack, StackExtras } from "./stack.ts";
