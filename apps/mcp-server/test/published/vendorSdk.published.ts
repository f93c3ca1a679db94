/** SailPoint's SDK works with the sandbox: `pnpm run test:published`. */
import { assert, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { vi } from "vitest"
import * as Installed from "../support/InstalledPackages.ts"

type Call<A> = (parameters: object) => Promise<{ readonly status: number; readonly data: A }>
type List<A> = Call<ReadonlyArray<A>>

interface NonEmployees {
  readonly listNonEmployeeSources: List<{ readonly name: string }>
  readonly listNonEmployeeRecords: List<object>
  readonly getNonEmployeeSource: Call<{ readonly name: string }>
  readonly getNonEmployeeSourceSchemaAttributes: List<{ readonly technicalName: string }>
  readonly exportNonEmployeeSourceSchemaTemplate: Call<string>
  readonly getNonEmployeeBulkUploadStatus: Call<{ readonly status: string }>
  readonly importNonEmployeeRecordsInBulk: Call<object>
}

interface Paginator {
  readonly paginate: <A>(
    self: object,
    list: List<A>,
    parameters: object,
    pageSize: number
  ) => ReturnType<List<A>>
  readonly paginateSearchApi: (search: object, query: object, pageSize: number) => ReturnType<List<object>>
}

interface VendorSdk {
  readonly Configuration: new (parameters: Readonly<Record<string, string>>) => object
  readonly Paginator: Paginator
  readonly NonEmployeeLifecycleManagementV2024Api: new (configuration: object) => NonEmployees
  readonly SearchApi: new (configuration: object) => object
}

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,wren.lee@example.com,a.ortiz\n"

/** The SDK, logged in to the sandbox with a client ID and a secret. */
const connected = (sandbox: Sandbox.Service) =>
  Effect.gen(function* () {
    const { load } = yield* Installed.InstalledPackages
    const sdk = yield* load<VendorSdk>("sailpoint-api-client")
    // Its paginator reports every page on standard output.
    vi.spyOn(console, "log").mockImplementation(() => undefined)
    const configuration = new sdk.Configuration({
      baseurl: sandbox.url,
      tokenUrl: `${sandbox.url}/oauth/token`,
      clientId: "sandbox",
      clientSecret: "sandbox-secret"
    })
    return {
      paginator: sdk.Paginator,
      nonEmployees: new sdk.NonEmployeeLifecycleManagementV2024Api(configuration),
      search: new sdk.SearchApi(configuration)
    }
  })

layer(Installed.layer("sailpoint-api-client@1.4.15"), {
  excludeTestServices: true,
  timeout: "5 minutes"
})("SailPoint's SDK", (it) => {
  it.effect("SailPoint's SDK lists the sources and records of the sandbox page by page", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { nonEmployees, paginator } = yield* connected(sandbox)
      const { listNonEmployeeRecords, listNonEmployeeSources } = nonEmployees
      const filters = `sourceId eq "${Source.named("All landed").sourceId}"`

      const { sources, records } = yield* Effect.promise(async () => ({
        sources: await paginator.paginate(nonEmployees, listNonEmployeeSources, { sorters: "name" }, 10),
        records: await paginator.paginate(nonEmployees, listNonEmployeeRecords, { filters }, 20)
      }))

      const listed = sources.data.map(({ name }) => name)
      assert.deepStrictEqual(listed, Source.seeded.map(({ name }) => name).toSorted())
      assert.lengthOf(records.data, 55)
      const requests = (yield* sandbox.received).map(({ endpoint, outcome }) => `${endpoint} ${outcome}`)
      const pages = ["sources 200", "sources 200", "sources 200", "records 200", "records 200", "records 200"]
      assert.deepStrictEqual(requests, ["token 200", ...pages])
    })
  )

  it.effect("SailPoint's SDK uploads a file and reads the status, the columns and the audit events", () =>
    Effect.gen(function* () {
      const { name, sourceId } = Source.named("Contractors")
      const sources = [Source.named("Contractors")]
      const sandbox = yield* Sandbox.make({ jobTiming: { pending: 0, inProgress: 0 }, sources })
      const { nonEmployees, paginator, search } = yield* connected(sandbox)
      const id = sourceId
      const data = new File([CSV], "people.csv")
      const query = { indices: ["events"], queryType: "DSL", queryDsl: { match_all: {} }, sort: ["id"] }

      const { columns, events, source, status, template, uploaded } = yield* Effect.promise(async () => ({
        uploaded: await nonEmployees.importNonEmployeeRecordsInBulk({ id, data }),
        status: await nonEmployees.getNonEmployeeBulkUploadStatus({ id }),
        source: await nonEmployees.getNonEmployeeSource({ sourceId }),
        columns: await nonEmployees.getNonEmployeeSourceSchemaAttributes({ sourceId }),
        template: await nonEmployees.exportNonEmployeeSourceSchemaTemplate({ id }),
        events: await paginator.paginateSearchApi(search, query, 2)
      }))

      assert.strictEqual(uploaded.status, 202)
      assert.hasAllKeys(uploaded.data, ["id", "sourceId", "created", "modified", "status"])
      assert.deepStrictEqual(status.data, { status: "COMPLETED" })
      assert.strictEqual(source.data.name, name)
      const header = columns.data.map(({ technicalName }) => technicalName).join(",")
      assert.strictEqual(template.data, `${header}\n`)
      assert.lengthOf(events.data, 3)
    })
  )
})
