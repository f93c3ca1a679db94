/**
 * All that it takes to answer calls, in one: what each tool does, how it is seen, and what it asks SailPoint with.
 */
export { explainBulkUpload } from "./explainBulkUpload.ts"
export { getBulkUploadStatus } from "./getBulkUploadStatus.ts"
export { listNonEmployeeSources } from "./listNonEmployeeSources.ts"
export * as Services from "./ServiceLayer.ts"
export * as ToolCall from "../telemetry/CallObservation.ts"
export { waitForBulkUpload } from "./waitForBulkUpload.ts"
