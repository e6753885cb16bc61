// `npm run migrate [-- <folder>]`: migrates DATABASE_URL outside deployments.
import { migrate } from "@eventfork/core/migrations";

const [folder = "prisma/migrations"] = process.argv.slice(2);

try {
  const applied = await migrate(folder);
  console.log(applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
