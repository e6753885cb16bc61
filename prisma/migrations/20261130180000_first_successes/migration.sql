-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "duration_ms" INTEGER,
ADD COLUMN     "receive_count" INTEGER;
