-- CreateTable
CREATE TABLE "integration_settings" (
    "integration" TEXT NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,
    "settings" JSONB NOT NULL,

    CONSTRAINT "integration_settings_pkey" PRIMARY KEY ("integration")
);

-- CreateTable
CREATE TABLE "integration_check" (
    "id" TEXT NOT NULL,
    "integration" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "is_ok" BOOLEAN,
    "result" JSONB,

    CONSTRAINT "integration_check_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saved_view" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "integration_check_integration_requested_at_id_idx" ON "integration_check"("integration", "requested_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "saved_view_user_id_page_name_key" ON "saved_view"("user_id", "page", "name");
