import { buildWeb } from "@eventfork/local/web-build";

/** Builds the web app once, for the journeys that take it as it is deployed. The infrastructure's tests may have built it already. */
export default async function build(): Promise<void> {
  await buildWeb(() => undefined);
}
