export { demoExtras, describeDemo, readPeople, withoutKeys } from "./extras.ts";
export { fillDemo } from "./fill.ts";
export { startStream } from "./stream.ts";
