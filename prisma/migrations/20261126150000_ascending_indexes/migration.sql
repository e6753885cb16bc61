-- DropIndex
DROP INDEX "delivery_updated_at_event_id_integration_idx";

-- DropIndex
DROP INDEX "delivery_integration_status_updated_at_event_id_idx";

-- CreateIndex
CREATE INDEX "delivery_updated_at_event_id_integration_idx" ON "delivery"("updated_at", "event_id", "integration");

-- CreateIndex
CREATE INDEX "delivery_integration_status_updated_at_event_id_idx" ON "delivery"("integration", "status", "updated_at", "event_id");
