-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedule_run" (
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "is_ok" BOOLEAN NOT NULL,
    "result" JSONB,

    CONSTRAINT "schedule_run_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "id" TEXT NOT NULL,
    "integration" TEXT NOT NULL,
    "event_id" TEXT,
    "event_type" TEXT,
    "message_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,
    "receive_count" INTEGER NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "first_received_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3) NOT NULL,
    "error_class" TEXT NOT NULL,
    "error_code" TEXT,
    "reason" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "status_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "event_id" TEXT NOT NULL,
    "integration" TEXT NOT NULL,
    "event_type" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "first_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "next_attempt_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "lease_id" TEXT,
    "is_uncertain" BOOLEAN NOT NULL DEFAULT false,
    "response" TEXT,
    "error_class" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("event_id","integration")
);

-- CreateTable
CREATE TABLE "attempt" (
    "event_id" TEXT NOT NULL,
    "integration" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "receive_count" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "response" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("event_id","integration","number")
);

-- CreateTable
CREATE TABLE "event" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "subject" TEXT,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),
    "publish_attempts" INTEGER NOT NULL DEFAULT 0,
    "publish_error" TEXT,
    "set_aside_at" TIMESTAMPTZ(3),

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "integration_state" (
    "integration" TEXT NOT NULL,
    "paused_at" TIMESTAMPTZ(3),
    "paused_by" TEXT,
    "paused_reason" TEXT,
    "pause_kind" TEXT,
    "probe_at" TIMESTAMPTZ(3),
    "probes" INTEGER NOT NULL DEFAULT 0,
    "window_from" TIMESTAMPTZ(3),
    "window_success" INTEGER NOT NULL DEFAULT 0,
    "window_failure" INTEGER NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "integration_state_pkey" PRIMARY KEY ("integration")
);

-- CreateTable
CREATE TABLE "overdue" (
    "event_id" TEXT NOT NULL,
    "integration" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "rule_version" INTEGER,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "resent_at" TIMESTAMPTZ(3),

    CONSTRAINT "overdue_pkey" PRIMARY KEY ("event_id","integration")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "last_id" TEXT NOT NULL,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "rule_version" (
    "integration" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "policy" JSON NOT NULL,
    "author" TEXT NOT NULL,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "accepted_at" TIMESTAMPTZ(3),
    "apply_attempts" INTEGER NOT NULL DEFAULT 0,
    "apply_error" TEXT,

    CONSTRAINT "rule_version_pkey" PRIMARY KEY ("integration","version")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "marketing_consent" BOOLEAN NOT NULL DEFAULT false,
    "role" TEXT NOT NULL DEFAULT 'user',
    "banned" BOOLEAN NOT NULL DEFAULT false,
    "ban_reason" TEXT,
    "ban_expires" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "impersonated_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_entry_at_id_idx" ON "audit_entry"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_status_archived_at_id_idx" ON "dead_letter"("status", "archived_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_integration_event_id_idx" ON "dead_letter"("integration", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_unparsed" ON "dead_letter"("integration", "message_id") WHERE (event_id IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_unfinished" ON "dead_letter"("integration", "event_id") WHERE (status IN ('open', 'replaying'));

-- CreateIndex
CREATE INDEX "delivery_unfinished" ON "delivery"("integration", "next_attempt_at") WHERE (status IN ('delivering', 'retrying'));

-- CreateIndex
CREATE INDEX "delivery_updated_at_event_id_integration_idx" ON "delivery"("updated_at" DESC, "event_id" DESC, "integration" DESC);

-- CreateIndex
CREATE INDEX "delivery_integration_status_updated_at_event_id_idx" ON "delivery"("integration", "status", "updated_at" DESC, "event_id" DESC);

-- CreateIndex
CREATE INDEX "event_unpublished" ON "event"("id") WHERE (published_at IS NULL AND set_aside_at IS NULL);

-- CreateIndex
CREATE INDEX "event_published" ON "event"("published_at", "id") WHERE (published_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "event_recorded_at_id_idx" ON "event"("recorded_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "overdue_integration_since_idx" ON "overdue"("integration", "since");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limit_key_key" ON "rate_limit"("key");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
