// `npm run migrate`: brings the database of DATABASE_URL up to date, for where no deployment does it.
import { handler as migrate } from "@eventfork/functions/migrate";

try {
  const applied = await migrate();
  console.log(applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
