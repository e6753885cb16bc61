import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";

/** Beside the bundle on Lambda, at the repository's root elsewhere. */
const [migrations = ""] = ["./prisma/migrations", "../../../prisma/migrations"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .filter((path) => existsSync(path));

export const handler = () => migrate(migrations);
