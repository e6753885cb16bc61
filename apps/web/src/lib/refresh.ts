/** A hidden tab does not poll. */
export const refreshEveryMs = 2_000;
