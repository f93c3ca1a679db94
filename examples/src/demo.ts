/**
 * The main use, end to end: a sandbox, the MCP server as an assistant starts it, and an MCP client that finds a source by its
 * name, polls the status of an upload, and waits for another. Then four failures with the server's advice: a rate limit, a
 * forbidden source, a malformed ID, and a failed upload with its explanation. Exits with 0 only if every step succeeds.
 *
 * Run it with `npx --yes pnpm@12.21.0 demo`.
 */
import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { admin } from "@sailpoint-bulk-upload/sandbox/Client"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"
import { styleText } from "node:util"

const SERVER = fileURLToPath(new URL("../../apps/mcp-server/dist/main.js", import.meta.url))

const CSV = [
  "accountName,firstName,lastName,email,manager",
  "w.lee,Wren,Lee,wren.lee@example.com,a.ortiz",
  "s.adeyemi,Sade,Adeyemi,sade.adeyemi@example.com,a.ortiz"
].join("\n")

/** A step had an unexpected result. */
class StepFailed extends Data.TaggedError("StepFailed")<{ readonly message: string }> {}

// Plain text unless standard output is a terminal with colors.
const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
  styleText(format, text, { stream: process.stdout })

const heading = (text: string) => Console.log(`\n${paint("bold", text)}`)
const line = (label: string, text: string) => Console.log(`  ${paint("dim", label.padEnd(10))} ${text}`)

const expect = (holds: boolean, message: string) => (holds ? Effect.void : new StepFailed({ message }))

/** Connects an MCP client that starts the server as its child process, like an assistant. */
const connect = (sandbox: Sandbox.Service) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const client = new Client(
          { name: "demo", version: "1.0.0" },
          { versionNegotiation: { mode: "auto" } }
        )
        await client.connect(
          new StdioClientTransport({
            command: process.execPath,
            args: [SERVER, "--log-level", "error"],
            env: {
              SAIL_BASE_URL: sandbox.url,
              SAIL_CLIENT_ID: admin.clientId,
              SAIL_CLIENT_SECRET: admin.clientSecret,
              SAIL_COUNT_RECORDS: "true",
              SAIL_AUDIT_EVENTS: "true"
            }
          })
        )
        return client
      },
      catch: (cause) => new StepFailed({ message: `The client could not connect: ${String(cause)}` })
    }),
    (client) => Effect.promise(() => client.close())
  )

interface Answer {
  readonly isError: boolean
  readonly content: Readonly<Record<string, unknown>>
}

const call = (
  client: Client,
  name: string,
  args: Record<string, unknown>,
  onprogress: (progress: { readonly message?: string | undefined }) => void = () => undefined
) =>
  Effect.tryPromise({
    try: async (): Promise<Answer> => {
      const result = await client.callTool({ name, arguments: args }, { onprogress })
      return { isError: result.isError === true, content: { ...Object(result.structuredContent) } }
    },
    catch: (cause) => new StepFailed({ message: `The tool call failed: ${String(cause)}` })
  })

const status = (client: Client, sourceId: string) => call(client, "get_bulk_upload_status", { sourceId })

const upload = (sandbox: Sandbox.Service, sourceId: string, csv: string) =>
  Effect.tryPromise({
    try: async () => {
      const token = await fetch(`${sandbox.url}/oauth/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: admin.clientId,
          client_secret: admin.clientSecret
        })
      })
      const { access_token } = (await token.json()) as { readonly access_token: string }
      const form = new FormData()
      form.set("data", new Blob([csv], { type: "text/csv" }), "contractors.csv")
      const response = await fetch(
        `${sandbox.url}/v2024/non-employee-sources/${sourceId}/non-employee-bulk-upload`,
        { method: "POST", headers: { authorization: `Bearer ${access_token}` }, body: form }
      )
      return response.status
    },
    catch: (cause) => new StepFailed({ message: `The upload failed: ${String(cause)}` })
  })

const uploadTo = (
  sandbox: Sandbox.Service,
  { name, sourceId }: { readonly name: string; readonly sourceId: string },
  csv = CSV
) =>
  Effect.gen(function* () {
    const accepted = yield* upload(sandbox, sourceId, csv)
    yield* expect(accepted === 202, `The upload was answered with ${accepted}, not 202.`)
    yield* line("upload", `contractors.csv to "${name}": accepted`)
  })

const printError = ({ content }: Answer) =>
  Effect.gen(function* () {
    for (const key of ["error", "message", "nextStep", "retryable", "trackingId"]) {
      if (content[key] !== undefined) yield* line(key, String(content[key]))
    }
  })

const demo = Effect.gen(function* () {
  yield* heading("1. The sandbox starts")
  const sandbox = yield* Sandbox.make({ jobTiming: { pending: "1 second", inProgress: "1500 millis" } })
  yield* line("listens", sandbox.url)

  yield* heading("2. The MCP server starts, as an assistant starts it")
  const client = yield* connect(sandbox)
  yield* line("protocol", client.getNegotiatedProtocolVersion() ?? "unknown")
  const { tools } = yield* Effect.promise(() => client.listTools())
  yield* Effect.forEach(tools, (tool) => line("tool", tool.name))
  yield* expect(
    tools.some((tool) => tool.name === "get_bulk_upload_status"),
    "The server does not offer get_bulk_upload_status."
  )

  yield* heading('3. A part of the name finds a source: "contract"')
  const found = yield* call(client, "list_non_employee_sources", { nameContains: "contract" })
  const [source] = found.content["sources"] as ReadonlyArray<{
    readonly name: string
    readonly sourceId: string
  }>
  if (source === undefined) return yield* new StepFailed({ message: "The source was not found." })
  yield* line("source", `${source.name}, ${source.sourceId}`)

  yield* heading("4. After an upload of two contractors, the assistant polls until the job has ended")
  yield* uploadTo(sandbox, source)
  const statuses = yield* Stream.fromEffectSchedule(
    status(client, source.sourceId),
    Schedule.spaced("500 millis")
  ).pipe(
    Stream.tap(({ content }) =>
      line("status", `${String(content["status"])} - ${String(content["meaning"])}`)
    ),
    Stream.map(({ content }) => content["status"]),
    Stream.takeUntil((status) => status === "COMPLETED" || status === "ERROR"),
    Stream.take(20),
    Stream.runCollect
  )
  yield* expect(statuses.includes("PENDING"), "The job was never PENDING.")
  yield* expect(statuses.includes("IN_PROGRESS"), "The job was never IN_PROGRESS.")
  yield* expect(statuses.at(-1) === "COMPLETED", "The job did not become COMPLETED.")

  yield* heading("5. On another source, one call waits and reports its progress")
  const retail = Source.named("Retail")
  yield* uploadTo(sandbox, retail)
  const print = Effect.runSyncWith(yield* Effect.context())
  const waited = yield* call(
    client,
    "wait_for_bulk_upload",
    { sourceId: retail.sourceId },
    ({ message = "" }) => print(line("progress", message))
  )
  yield* line(
    "status",
    `${String(waited.content["status"])} after ${String(waited.content["checks"])} checks`
  )
  yield* expect(waited.content["status"] === "COMPLETED", "The wait did not end with COMPLETED.")

  yield* heading("6. After a 429, the server waits for the time in Retry-After, then retries")
  yield* sandbox.fail({ endpoint: "status", fault: Fault.rateLimited("1") })
  const before = (yield* sandbox.received).length
  const patient = yield* status(client, Source.named("Done").sourceId)
  const answers = (yield* sandbox.received).slice(before).map(({ outcome }) => outcome)
  yield* line("answers", answers.join(", then "))
  yield* line("status", String(patient.content["status"]))
  yield* expect(
    answers.join() === "429,200" && patient.content["status"] === "COMPLETED",
    "The server did not retry after the 429."
  )

  yield* heading("7. A source without permission is Forbidden")
  const forbidden = yield* status(client, Source.named("Private").sourceId)
  yield* printError(forbidden)
  yield* expect(
    forbidden.isError && forbidden.content["error"] === "Forbidden",
    "The error is not Forbidden."
  )

  yield* heading("8. A malformed ID is refused")
  const malformed = yield* status(client, "contractors")
  yield* printError(malformed)
  yield* expect(
    malformed.isError && malformed.content["error"] === "InvalidSourceId",
    "The error is not InvalidSourceId."
  )

  yield* heading("9. A failed upload is explained")
  const uploadedAt = new Date().toISOString()
  // The sandbox accepts every manager except this one.
  yield* uploadTo(sandbox, retail, CSV.replace(/a\.ortiz$/u, "nobody"))
  const failed = yield* call(client, "wait_for_bulk_upload", { sourceId: retail.sourceId, uploadedAt })
  yield* line("status", String(failed.content["status"]))
  yield* line("nextStep", String(failed.content["nextStep"]))
  const explained = yield* call(client, "explain_bulk_upload", {
    sourceId: retail.sourceId,
    uploadedAt,
    csvHeader: CSV.slice(0, CSV.indexOf("\n"))
  })
  for (const key of ["records", "events", "checks"]) {
    yield* line(key, JSON.stringify(explained.content[key]))
  }
  yield* expect(
    failed.content["status"] === "ERROR" &&
      JSON.stringify(explained.content["events"]).includes("manager is not the account ID of an identity"),
    "The failed upload was not explained."
  )

  yield* Console.log(`\n${paint("green", "Every step succeeded.")}`)
}).pipe(
  Effect.scoped,
  Effect.catchTag("StepFailed", ({ message }) =>
    Effect.andThen(
      Console.error(`\n${message}`),
      Effect.sync(() => {
        process.exitCode = 1
      })
    )
  )
)

await Effect.runPromise(demo)
