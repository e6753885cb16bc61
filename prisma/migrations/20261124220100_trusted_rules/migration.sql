-- AlterTable
ALTER TABLE "rule_version" ADD COLUMN     "apply_next_at" TIMESTAMPTZ(3),
ADD COLUMN     "proven_at" TIMESTAMPTZ(3),
ADD COLUMN     "proven_by" TEXT;

-- CreateTable
CREATE TABLE "rule_live" (
    "integration" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL,
    "subscription" TEXT,
    "policy_text" TEXT,
    "scope" TEXT,
    "error" TEXT,
    "drifted_since" TIMESTAMPTZ(3),

    CONSTRAINT "rule_live_pkey" PRIMARY KEY ("integration")
);

-- CreateTable
CREATE TABLE "sent_anyway" (
    "event_id" TEXT NOT NULL,
    "integration" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by" TEXT NOT NULL,
    "kind" TEXT NOT NULL,

    CONSTRAINT "sent_anyway_pkey" PRIMARY KEY ("event_id","integration")
);
