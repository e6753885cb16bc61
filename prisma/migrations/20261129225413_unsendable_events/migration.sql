-- CreateIndex
CREATE INDEX "event_unsendable" ON "event"("id") WHERE (NOT (erased_at IS NULL AND discarded_at IS NULL));
