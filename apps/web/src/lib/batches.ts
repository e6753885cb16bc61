/** Calls in one request: pages send larger batches in several. */
export const maxBatchSize = 20;
