import { createTestDatabase } from "@eventfork/testing";
import pg from "pg";
import { expect, test } from "vitest";

test("the tests run on the release and with the collation that they name", async () => {
  const client = new pg.Client({ connectionString: await createTestDatabase() });
  await client.connect();
  const { rows } = await client.query(
    `SELECT current_setting('server_version_num')::int / 10000 AS release, datlocprovider::text AS provider, 'a' < 'B' AS "isByLanguage"
    FROM pg_database WHERE datname = current_database()`,
  );
  await client.end();
  const isOther = Boolean(process.env.EVENTFORK_POSTGRES_MODULE);
  expect(rows).toEqual([
    isOther ? { release: 17, provider: "i", isByLanguage: true } : { release: 18, provider: "c", isByLanguage: false },
  ]);
});
