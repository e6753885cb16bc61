-- CreateTable
CREATE TABLE "sign_up_day" (
    "day" DATE NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "sign_up_day_pkey" PRIMARY KEY ("day")
);
