/**
 * The report of `check --report`: how a tenant answers where SailPoint's documentation leaves it open. It is meant for a
 * public issue, so it contains only fixed words, numbers, SailPoint's error codes, media types and names of headers.
 */
import * as Failure from "@sailpoint-bulk-upload/core/Failure"
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { ApiClient } from "@sailpoint-bulk-upload/core/workspace"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { writeFile } from "node:fs/promises"
import packageJson from "../../package.json" with { type: "json" }
import type { Services } from "../handlers/Runtime.ts"
import type { Settings } from "../settings/TenantSettings.ts"
import type { Finding } from "./Check.ts"

export const makeRecorder = () => {
  let responses: Array<HttpClientResponse> = []
  return {
    transformClient: HttpClient.tap((response) => Effect.sync(() => void responses.push(response))),
    /** Returns the responses since the last call. */
    take: (): ReadonlyArray<HttpClientResponse> => {
      const taken = responses
      responses = []
      return taken
    }
  }
}

export type Recorder = ReturnType<typeof makeRecorder>

/** Writes the report, readable by this user alone, and prints its path. Returns false if it cannot be written. */
export const save = (
  file: string,
  recorder: Recorder,
  settings: Settings,
  findings: ReadonlyArray<Finding>
): Effect.Effect<boolean, never, Services> =>
  make(recorder, settings, findings).pipe(
    Effect.flatMap((report) => Effect.tryPromise(() => writeFile(file, report, { mode: 0o600 }))),
    Effect.as(true),
    Effect.orElseSucceed(() => false),
    Effect.tap((isSaved) =>
      Effect.sync(() =>
        process.stderr.write(
          isSaved
            ? `The report is in ${file}. Read it before you share it.\n`
            : `The report cannot be written to ${file}: name another file.\n`
        )
      )
    )
  )

/** Enough sources to show whether null occurs. */
const MAX_STATUSES = 5

const make = (recorder: Recorder, { auth, baseUrl }: Settings, findings: ReadonlyArray<Finding>) =>
  Effect.gen(function* () {
    const { accessToken, tenant } = yield* ApiClient
    const { list } = yield* NonEmployeeSources
    const { status } = yield* BulkUploads
    const [tenantName = ""] = tenant.host.split(".", 1)

    const answer = <A>(call: Effect.Effect<A, BulkUploadError>, show: (value: A) => unknown) =>
      Effect.map(
        Effect.match(call, {
          onSuccess: (value) => ({ outcome: show(value) }),
          onFailure: (error) => {
            const { detailCode, error: outcome } = Failure.fromError(error)
            return { outcome, detailCode: detailCode === undefined ? "none" : codeOf(detailCode, tenantName) }
          }
        }),
        (shown) => ({ ...shown, responses: recorder.take().map((response) => headOf(response, tenantName)) })
      )
    const statusOf = (id: string) => answer(status(id), ({ status }) => status)

    const sources = yield* Effect.orElseSucceed(list(), () => [])
    recorder.take()
    const [first] = sources
    const unknownId = crypto.randomUUID()
    const report = {
      versions: { server: packageJson.version, node: process.version, platform: process.platform },
      tenant: {
        domain: domainOf(new URL(baseUrl)),
        apiVersion: tenant.apiVersion,
        auth: "accessToken" in auth ? "a given access token" : "client credentials"
      },
      check: findings.map(({ outcome, step }) => ({ step, outcome })),
      token: yield* answer(accessToken.get, () => "ok"),
      listAll: yield* answer(list(), count),
      listOwned: yield* answer(list({ ownedByMe: true }), count),
      statusBySourceId: first === undefined ? "no source" : yield* statusOf(first.sourceId),
      statusById: first?.id === undefined ? "no source" : yield* statusOf(first.id),
      statusOfUnknownSourceId: yield* statusOf(unknownId.replaceAll("-", "")),
      statusOfUnknownId: yield* statusOf(unknownId),
      statuses: yield* Effect.forEach(sources.slice(0, MAX_STATUSES), ({ sourceId }) =>
        Effect.map(statusOf(sourceId), ({ outcome }) => outcome)
      )
    }
    return `${JSON.stringify(report, null, 2)}\n`
  })

const count = (sources: ReadonlyArray<unknown>): string => `${sources.length} sources`

const domainOf = ({ hostname }: URL): string =>
  /\.(api\.(?:identitynow|identitynow-demo|identitynowgov)\.com|api\.cloud\.sailpoint\.com)$/u.exec(
    hostname
  )?.[1] ?? "another host"

/** Returns a code in SailPoint's form, a status and a few words such as `400.1 Bad request content`, and no other text. */
const codeOf = (detailCode: string, tenantName: string): string =>
  /^\d{3}(?:\.\d+)*(?: [A-Z]?[a-z]+){0,5}$/u.test(detailCode) &&
  !detailCode.toLowerCase().includes(tenantName)
    ? detailCode
    : "another text"

const headOf = ({ headers, status }: HttpClientResponse, tenantName: string) => ({
  status,
  mediaType: headers["content-type"]?.split(";", 1)[0],
  headers: Object.keys(headers).filter((name) => !name.includes(tenantName))
})
