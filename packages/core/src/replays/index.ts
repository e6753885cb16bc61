export { type AdvanceCtx, advanceReplays } from "./advance.ts";
export { cancelReplay, pauseReplay, replayInput, resumeReplay } from "./control.ts";
export { checkEdit, type EditCheck, editAndReplay, editDeadLetterInput, type PayloadChange } from "./edit.ts";
export {
  countFiltered,
  type FilteredCount,
  forceSend,
  type ReplayProgress,
  replayFiltered,
  replayFilteredInput,
  resendBlocker,
  sendAnywayInput,
} from "./force-send.ts";
export {
  itemStates,
  previewReplayInput,
  type ReplayItemState,
  type ReplaySelection,
  type ReplaySource,
  type ReplayState,
  replaySources,
  replayStates,
  startReplayInput,
} from "./input.ts";
export { previewReplay, type ReplayPreview } from "./preview.ts";
export {
  replayDeadLetters,
  replayDeadLettersInput,
  resendOverdue,
  resendOverdueInput,
  runReplayJob,
  startAndSend,
} from "./run.ts";
export { startReplay } from "./start.ts";
export {
  getReplay,
  getReplayInput,
  listReplayItems,
  listReplayItemsInput,
  listReplays,
  listReplaysInput,
  type Replay,
  type ReplayFigures,
  type ReplayItem,
  toReplay,
} from "./view.ts";
