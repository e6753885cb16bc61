-- CreateIndex
CREATE INDEX "event_set_aside" ON "event"("set_aside_at" DESC) WHERE (set_aside_at IS NOT NULL);
