-- AlterTable
ALTER TABLE "audit_entry" ADD COLUMN     "ip" TEXT,
ADD COLUMN     "user_agent" TEXT;

-- AlterTable
ALTER TABLE "event" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "erasure" (
    "user_id" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "swept_at" TIMESTAMPTZ(3),
    "events" INTEGER NOT NULL DEFAULT 0,
    "dead_letters" INTEGER NOT NULL DEFAULT 0,
    "deliveries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "erasure_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "erasure_requested_at_idx" ON "erasure"("requested_at");

-- CreateIndex
CREATE INDEX "audit_entry_actor_at_id_idx" ON "audit_entry"("actor", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_action_at_id_idx" ON "audit_entry"("action", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_target_at_id_idx" ON "audit_entry"("target", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_event_id_idx" ON "dead_letter"("event_id");

-- CreateIndex
CREATE INDEX "event_subject_recorded_at_id_idx" ON "event"("subject", "recorded_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "user_email_prefix" ON "user"("email" text_pattern_ops);

-- CreateIndex
CREATE INDEX "user_name_prefix" ON "user"("name" text_pattern_ops);

-- CreateIndex
CREATE INDEX "user_role_id_idx" ON "user"("role", "id" DESC);

-- CreateIndex
CREATE INDEX "user_created_at_idx" ON "user"("created_at");
