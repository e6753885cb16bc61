-- AlterTable
ALTER TABLE "integration_state" ADD COLUMN     "limit_seconds" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "limited_at" TIMESTAMPTZ(3),
ADD COLUMN     "limited_until" TIMESTAMPTZ(3);
