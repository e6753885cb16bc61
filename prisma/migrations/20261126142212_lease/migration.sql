-- DropIndex
DROP INDEX "delivery_unfinished";

-- A delivery that was with a consumer: it is tried again, and may have been carried out.
UPDATE "delivery" SET "status" = 'retrying', "is_uncertain" = true WHERE "status" = 'delivering';

-- AlterTable
ALTER TABLE "delivery" DROP COLUMN "lease_id",
DROP COLUMN "lease_until";

-- CreateTable
CREATE TABLE "lease" (
    "id" TEXT NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "integration" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "event_ids" TEXT[],

    CONSTRAINT "lease_pkey" PRIMARY KEY ("id")
);

-- A thousand ids are not worth compressing for the second that they are kept.
ALTER TABLE "lease" ALTER COLUMN "event_ids" SET STORAGE EXTERNAL;

-- CreateIndex
CREATE INDEX "delivery_unfinished" ON "delivery"("integration", "next_attempt_at") WHERE (status = 'retrying');
