import { buildWeb } from "@eventfork/local/web-build";

export default async function build(): Promise<void> {
  await buildWeb(() => undefined);
}
