/** How often a screen that shows the running system asks again; a hidden tab does not. */
export const refreshEveryMs = 2_000;
