export { demoExtras, describeDemo, readPeople, withoutKeys } from "./extras.ts";
export { type Filled, type FillOptions, fillDemo } from "./fill.ts";
export { startStream } from "./stream.ts";
