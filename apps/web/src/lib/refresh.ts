export const refreshEveryMs = 2_000;
