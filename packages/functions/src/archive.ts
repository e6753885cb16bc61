import { createArchiver } from "@eventfork/core/dead-letters";

export const handler = createArchiver();
