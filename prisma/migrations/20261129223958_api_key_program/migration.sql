-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "is_strict" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "program_id" TEXT;

-- Rotated keys get the first key of their program.
WITH RECURSIVE lineage AS (
  SELECT id, id AS program_id, replaced_by FROM api_key first
  WHERE NOT EXISTS (SELECT FROM api_key WHERE replaced_by = first.id)
  UNION ALL
  SELECT next.id, lineage.program_id, next.replaced_by FROM lineage JOIN api_key next ON next.id = lineage.replaced_by
)
UPDATE api_key SET program_id = lineage.program_id FROM lineage
WHERE lineage.id = api_key.id AND lineage.id <> lineage.program_id;
