export type { Advice } from "./advice.ts";
export { adviseOn } from "./advice.ts";
export { archive, createArchiver } from "./archive.ts";
export { applyCountDeltas, groupOldOnes, rebuildGroups } from "./count-deltas.ts";
export {
  type Changed,
  discardDeadLetters,
  discardDeadLettersInput,
  restoreDeadLetters,
  restoreDeadLettersInput,
} from "./discard.ts";
export { exportDeadLetters, exportDeadLettersInput } from "./export.ts";
export { type DeadLetterGroup, getGroup, getGroupInput, listGroups, listGroupsInput } from "./groups.ts";
export { maskBody, maskEvent, maskReason, maskTexts } from "./mask.ts";
export {
  countDeadLetters,
  countDeadLettersInput,
  countOpen,
  countOpenByIntegration,
  countOpenInput,
  type DeadLetterCounts,
  type DeadLetterItem,
  listDeadLetters,
  listDeadLettersInput,
} from "./queries.ts";
export { retireQueues } from "./retire.ts";
export {
  type DeadLettering,
  findDeadLetter,
  type RevealedDeadLetter,
  readHistory,
  revealDeadLetter,
  revealDeadLetterInput,
} from "./reveal.ts";
export {
  conditionsOfSelection,
  type DeadLetterStatus,
  deadLetterStatuses,
  oneOfMessage,
  selectionShape,
} from "./selection.ts";
