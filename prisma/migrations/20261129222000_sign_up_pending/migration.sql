-- AlterTable
ALTER TABLE "user" ADD COLUMN     "sign_up_pending" BOOLEAN NOT NULL DEFAULT false;
