/** What every page says of the site, whichever router renders it. */
export const siteName = "Eventfork";
export const siteDescription =
  "Delivers your application's events to the tools that your team uses, and shows what became of each.";

/** The colour of a browser's own bars. */
export const themeColors = [
  { media: "(prefers-color-scheme: light)", color: "#fdfdfe" },
  { media: "(prefers-color-scheme: dark)", color: "#0f1115" },
] as const;
