// `sst dev`'s graph imports this file, so it stays small.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({
  authSecret: z.string(),
  adminEmail: z.string(),
  adminPassword: z.string(),
  databasePassword: z.string(),
});
export type Secrets = z.output<typeof secretsSchema>;

export async function readSecrets({ folder }: { folder: string }): Promise<Secrets> {
  const file = join(folder, "secrets.json");
  const existing = await readFile(file, "utf8").catch(() => "{}");
  const secrets = secretsSchema.parse({
    authSecret: randomBytes(32).toString("base64url"),
    adminEmail: "admin@eventfork.local",
    adminPassword: randomBytes(12).toString("base64url"),
    databasePassword: randomBytes(24).toString("base64url"),
    ...JSON.parse(existing),
  });
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (text !== existing) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return secrets;
}
