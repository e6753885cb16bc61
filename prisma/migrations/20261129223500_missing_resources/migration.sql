-- CreateTable
CREATE TABLE "missing_resource" (
    "integration" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "alerted_at" TIMESTAMPTZ(3),

    CONSTRAINT "missing_resource_pkey" PRIMARY KEY ("integration","resource")
);
