-- CreateTable
CREATE TABLE "event_search" (
    "event_id" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "terms" BIGINT[],

    CONSTRAINT "event_search_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "event_search_chunk" (
    "number" INTEGER NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "from_id" TEXT NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "last_id" TEXT NOT NULL,
    "events" INTEGER NOT NULL,

    CONSTRAINT "event_search_chunk_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE INDEX "event_search_terms" ON "event_search" USING GIN ("terms");
