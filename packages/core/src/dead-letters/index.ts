export { archive } from "./archive.ts";
export { createArchiver } from "./archiver.ts";
export {
  countOpen,
  countOpenInput,
  type DeadLetterItem,
  type DeadLetterStatus,
  deadLetterStatuses,
  getDeadLetter,
  getDeadLetterInput,
  listDeadLetters,
  listDeadLettersInput,
} from "./queries.ts";
export { replayDeadLetters, replayDeadLettersInput } from "./replay.ts";
