import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";

/** Beside the bundle on Lambda, at the repository's root elsewhere. */
const migrationsFolder = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

export const handler = () => migrate(migrationsFolder);
