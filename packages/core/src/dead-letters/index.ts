export type { Advice } from "./advice.ts";
export { archive } from "./archive.ts";
export { createArchiver } from "./archiver.ts";
export { foldChanges, rebuildGroups } from "./changes.ts";
export { countDeadLetters, countDeadLettersInput, type DeadLetterCounts } from "./count.ts";
export {
  type DeadLetterDetail,
  type Death,
  getDeadLetter,
  getDeadLetterInput,
  type ReplayOfLetter,
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
export { countOpen, countOpenInput, type DeadLetterItem, listDeadLetters, listDeadLettersInput } from "./queries.ts";
export { replayDeadLetters, replayDeadLettersInput } from "./replay.ts";
export { retireQueues } from "./retire.ts";
export { type DeadLetterStatus, deadLetterStatuses } from "./status.ts";
