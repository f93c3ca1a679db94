/**
 * The service that completes a partly typed source name.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

export interface Service {
  /** Returns the sources whose name contains the text, sorted by name; all sources if the text is empty. */
  readonly matching: (typed: string) => Effect.Effect<ReadonlyArray<NonEmployeeSource>, BulkUploadError>
}

export class SourceCompletion extends Context.Service<SourceCompletion, Service>()(
  "@sailpoint-bulk-upload/mcp-server/SourceCompletion"
) {}
