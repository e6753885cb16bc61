-- AlterTable
ALTER TABLE "event" ADD COLUMN     "discarded_at" TIMESTAMPTZ(3);
