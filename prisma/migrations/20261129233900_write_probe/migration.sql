-- CreateTable
CREATE TABLE "write_probe" (
    "id" INTEGER NOT NULL,

    CONSTRAINT "write_probe_pkey" PRIMARY KEY ("id")
);
