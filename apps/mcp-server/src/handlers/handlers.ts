/**
 * The code for answering calls in one chunk: handlers, observation and services.
 */
export { SourceCompletion } from "./completeSources.ts"
export { explainBulkUpload } from "./explainBulkUpload.ts"
export { getBulkUploadStatus } from "./getBulkUploadStatus.ts"
export { listNonEmployeeSources } from "./listNonEmployeeSources.ts"
export * as Services from "./ServiceLayer.ts"
export * as ToolCall from "../telemetry/CallObservation.ts"
export { waitForBulkUpload } from "./waitForBulkUpload.ts"
