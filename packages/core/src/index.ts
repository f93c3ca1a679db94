/**
 * The state of a SailPoint non-employee bulk upload, as an Effect.
 *
 * @since 0.1.0
 */
export * as AccessToken from "./AccessToken.ts"
export * as ApiClient from "./ApiClient.ts"
export * as BulkUploadError from "./BulkUploadError.ts"
export * as BulkUploads from "./BulkUploads.ts"
export { getBulkUploadStatus } from "./BulkUploads.ts"
export * as BulkUploadStatus from "./BulkUploadStatus.ts"
export * as CsvHeader from "./CsvHeader.ts"
export * as Explanation from "./Explanation.ts"
export * as Failure from "./Failure.ts"
export * as Metrics from "./Metrics.ts"
export * as NonEmployeeSources from "./NonEmployeeSources.ts"
export * as PlainText from "./PlainText.ts"
export * as RequestBudget from "./RequestBudget.ts"
export * as RetryPolicy from "./RetryPolicy.ts"
export * as Settings from "./Settings.ts"
export * as SharedBudget from "./SharedBudget.ts"
export * as SourceId from "./SourceId.ts"
export * as Tenant from "./Tenant.ts"
export * as Watch from "./Watch.ts"
