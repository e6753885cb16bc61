export type { Advice } from "./advice.ts";
export { archive } from "./archive.ts";
export { createArchiver } from "./archiver.ts";
export { applyCountDeltas, rebuildGroups } from "./count-deltas.ts";
export {
  type DeadLetterDetail,
  type DeadLettering,
  type DeadLetterReplay,
  getDeadLetter,
  getDeadLetterInput,
  type RevealedDeadLetter,
  revealDeadLetter,
  revealDeadLetterInput,
} from "./detail.ts";
export {
  type Changed,
  discardDeadLetters,
  discardDeadLettersInput,
  restoreDeadLetters,
  restoreDeadLettersInput,
} from "./discard.ts";
export { exportDeadLetters, exportDeadLettersInput } from "./export.ts";
export { type DeadLetterGroup, getGroup, getGroupInput, listGroups, listGroupsInput } from "./groups.ts";
export {
  countDeadLetters,
  countDeadLettersInput,
  countOpen,
  countOpenInput,
  type DeadLetterCounts,
  type DeadLetterItem,
  listDeadLetters,
  listDeadLettersInput,
} from "./queries.ts";
export { replayDeadLetters, replayDeadLettersInput } from "./replay.ts";
export { retireQueues } from "./retire.ts";
export { type DeadLetterStatus, deadLetterStatuses } from "./selection.ts";
