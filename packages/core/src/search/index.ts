export { type Bounds, findEvents, type Place, placeOf, scanEvents, within } from "./find.ts";
export { indexAgain, indexCheckpoint, indexEvents, removeEmptyChunks, removeFromIndex } from "./index-events.ts";
export { leavesOf } from "./terms.ts";
