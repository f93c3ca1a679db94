/**
 * The command `http`: serves any number of assistants over Streamable HTTP until a signal. Loaded only for this command,
 * so that a start over stdio does not wait for it.
 */
import { createMcpHandler, type McpServerFactory } from "@modelcontextprotocol/server"
import { ApiClient } from "@sailpoint-bulk-upload/core/workspace"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { setTimeout } from "node:timers/promises"
import type { Adapter } from "../mcp/ToolResult.ts"
import type { Runtime } from "../handlers/Runtime.ts"
import { shutdownSignal } from "../process/shutdownSignal.ts"
import * as Admission from "./guards/Admission.ts"
import * as Authentication from "./auth/Authentication.ts"
import * as Endpoints from "./Endpoints.ts"
import * as HttpServer from "./HttpServer.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"
import { inUrl } from "../settings/Loopback.ts"
import type { Refusal } from "./guards/Refusal.ts"
import * as RefusalLog from "./RefusalLog.ts"
import * as Readiness from "./Readiness.ts"

export interface Options {
  readonly settings: HttpSettings
  /** The runtime of the process, so that all requests share rate limit, token and log. */
  readonly runtime: Runtime
  /** Whether the access token is given and thus never renewed. */
  readonly givenToken: boolean
  /** Whether a secret is in a file, which SIGHUP makes the server read again. */
  readonly readsFiles: boolean
  /** Makes the MCP server of one request. */
  readonly factory: McpServerFactory
  /** Ends running calls when the server ends. */
  readonly calls: Pick<Adapter<never>, "beginShutdown" | "idle" | "interrupt">
  readonly print: (line: string) => Promise<void>
}

/** The time that running calls have after the last request. Then they are answered as canceled. */
const DRAIN_MILLIS = 10_000

/** The time for answering and logging canceled calls. */
const RELEASE_MILLIS = 1_000

const CANNOT_LISTEN = 1

/** Serves until a signal, and returns the exit code. */
export const serve = async (options: Options): Promise<number> => {
  const { calls, factory, givenToken, readsFiles, runtime, settings, print } = options
  const signalled = shutdownSignal()
  let stopping = false
  const report = (error: Error): void => {
    runtime.runFork(Effect.logDebug("A request was not served", error.message))
  }
  const refusals = RefusalLog.make()
  const refused: Endpoints.Parts["refused"] = (refusal, caller) =>
    void runtime.runFork(refusals.report(refusal, caller))
  const authentication = await runtime.runPromise(Authentication.make(settings.authentication))
  const reload = Effect.gen(function* () {
    const { accessToken } = yield* ApiClient
    yield* authentication.reload
    yield* Effect.ignore(Effect.flatMap(accessToken.get, accessToken.refused))
    yield* Effect.logInfo("The files with secrets were read again (SIGHUP).")
  })
  if (readsFiles) process.on("SIGHUP", () => void runtime.runFork(reload))
  const admission = await runtime.runPromise(Admission.make(settings.limits))
  const readiness = await runtime.runPromise(Readiness.make({ givenToken }))
  const serveRequest = Endpoints.make({
    settings,
    handler: createMcpHandler(factory, {
      // A stream has a head at once and a keep-alive every 15 seconds, so that neither a proxy nor the client considers the
      // connection of a long wait dead.
      responseMode: "sse",
      onerror: report
    }),
    identify: authentication.identify,
    admission,
    run: (effect) => runtime.runPromise(effect.pipe(Effect.catch(Effect.succeed<Refusal>))),
    refused,
    readiness: () => (stopping ? Promise.resolve(Readiness.STOPPING) : runtime.runPromise(readiness)),
    report
  })
  try {
    const server = await HttpServer.listen({
      ...settings,
      serve: (request, response) => {
        // The next request on the connection would meet a closed server.
        if (stopping) response.setHeader("connection", "close")
        return serveRequest(request, response)
      },
      refused: (refusal, request) => refused(refusal, Authentication.addressOf(request)),
      report: (error) => void runtime.runFork(Effect.logError("A request failed unexpectedly", error))
    })
    await print(`Serving MCP at ${server.url}/mcp.`)
    const signal = await signalled
    stopping = true
    calls.beginShutdown()
    if (signal === "SIGTERM") await setTimeout(Duration.toMillis(settings.shutdownGrace))
    const drained = server.drained()
    await Promise.race([drained, setTimeout(DRAIN_MILLIS)])
    calls.interrupt()
    await Promise.race([Promise.all([drained, calls.idle()]), setTimeout(RELEASE_MILLIS)])
    return 0
  } catch (error) {
    await print(whyNot(settings, error))
    return CANNOT_LISTEN
  } finally {
    await runtime.runPromise(refusals.flush)
  }
}

const whyNot = ({ host, port }: HttpSettings, error: unknown): string => {
  switch (error instanceof Error && "code" in error && error.code) {
    case "EADDRINUSE":
      return `Port ${port} of ${inUrl(host)} is in use; choose another one with --port.`
    case "EACCES":
      return `Port ${port} requires more rights; choose one above 1023 with --port.`
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine; choose one with --host.`
    default:
      throw error
  }
}
