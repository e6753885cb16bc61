export const maxBatchSize = 20;
