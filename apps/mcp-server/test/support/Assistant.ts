/** An official MCP client of either generation, connected with the built command over stdio or HTTP. */
import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode
} from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport as StdioClientTransport1 } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport as StreamableHTTPClientTransport1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import type { Transport as Transport1 } from "@modelcontextprotocol/sdk/shared/transport.js"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LEGACY_VERSION, MODERN_VERSION, TOOL } from "./JsonRpc.ts"
import type { Offers, Tool } from "./Offers.ts"
import { MAIN, settingsFor } from "./ServerProcess.ts"

export interface Answer {
  readonly isError: boolean
  readonly structured: Readonly<Record<string, unknown>> | undefined
  readonly text: string
}

/** The server answered with an error, or the client refused the answer. */
export class CallFailed extends Data.TaggedError("CallFailed")<{
  readonly code: unknown
  readonly message: string
  readonly data: unknown
}> {}

export interface Progress {
  readonly progress: number
  readonly message?: string | undefined
}

export interface Service {
  readonly protocolVersion: string | undefined
  /** The whole result of `tools/list`. */
  readonly listed: Effect.Effect<object, CallFailed>
  /** Lists the tools; the client then checks results against their output schemas. */
  readonly tools: Effect.Effect<ReadonlyArray<Tool>, CallFailed>
  /** Calls a tool. Interruption cancels the call. */
  readonly call: (
    args: Record<string, unknown>,
    tool?: string,
    onProgress?: (progress: Progress) => void
  ) => Effect.Effect<Answer, CallFailed>
  /** Requests a resource, a prompt or a completion. */
  readonly ask: <A>(of: (offers: Offers) => Promise<A>) => Effect.Effect<A, CallFailed>
}

export class Assistant extends Context.Service<Assistant, Service>()("test/Assistant") {}

/** A connected client, and its function to call a tool. */
interface Connection {
  readonly protocolVersion: string | undefined
  readonly client: Offers
  readonly callTool: (
    params: { name: string; arguments: Record<string, unknown> },
    options: { readonly signal: AbortSignal; readonly onprogress?: (progress: Progress) => void }
  ) => Promise<Readonly<Record<string, unknown>>>
}

type Env = Record<string, string>

/** A child process, or a URL with a token. */
type Reached =
  | { readonly _tag: "Stdio"; readonly env: Env; readonly args: ReadonlyArray<string> }
  | { readonly _tag: "Http"; readonly url: string; readonly token?: string }

type Connect = (reached: Reached) => Promise<Connection>

const info = { name: "test", version: "1.0.0" }
const command = (env: Env, args: ReadonlyArray<string>) => ({
  command: process.execPath,
  args: [MAIN, ...args],
  env,
  stderr: "ignore" as const
})
const authorized = (token: string | undefined) => ({
  requestInit: { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } }
})

// The 1.x transports do not fit their own interface under exactOptionalPropertyTypes.
const transport1 = (reached: Reached): Transport1 =>
  (reached._tag === "Stdio"
    ? new StdioClientTransport1(command(reached.env, reached.args))
    : new StreamableHTTPClientTransport1(new URL(reached.url), authorized(reached.token))) as Transport1

const second =
  (mode: VersionNegotiationMode): Connect =>
  async (reached) => {
    const client = new Client(info, { versionNegotiation: { mode } })
    await client.connect(
      reached._tag === "Stdio"
        ? new StdioClientTransport(command(reached.env, reached.args))
        : new StreamableHTTPClientTransport(new URL(reached.url), authorized(reached.token))
    )
    const protocolVersion = client.getNegotiatedProtocolVersion()
    return { protocolVersion, client, callTool: (params, options) => client.callTool(params, options) }
  }

const first: Connect = async (reached) => {
  const client = new Client1(info)
  const transport = transport1(reached)
  const negotiated: { version?: string } = {}
  const setVersion = transport.setProtocolVersion?.bind(transport)
  transport.setProtocolVersion = (version) => {
    negotiated.version = version
    setVersion?.(version)
  }
  await client.connect(transport)
  return {
    protocolVersion: negotiated.version,
    client,
    callTool: (params, options) => client.callTool(params, undefined, options)
  }
}

const makeKind = (name: string, speaks: string, connect: Connect) => ({ name, speaks, connect })
export type Kind = ReturnType<typeof makeKind>

/** A client that speaks only the newest protocol. */
export const modern = makeKind("2.x modern only", MODERN_VERSION, second({ pin: MODERN_VERSION }))

export const kinds: ReadonlyArray<Kind> = [
  makeKind("1.x", LEGACY_VERSION, first),
  makeKind("2.x legacy", LEGACY_VERSION, second("legacy")),
  makeKind("2.x auto", MODERN_VERSION, second("auto")),
  modern
]

const attempt = <A>(act: (signal: AbortSignal) => Promise<A>) =>
  Effect.tryPromise({
    try: act,
    catch: (error) =>
      new CallFailed({
        code: error instanceof Error && "code" in error ? error.code : undefined,
        message: error instanceof Error ? error.message : String(error),
        data: error instanceof Error && "data" in error ? error.data : undefined
      })
  })

const toAnswer = ({ content, isError, structuredContent }: Readonly<Record<string, unknown>>): Answer => {
  const [block] = content as ReadonlyArray<{ readonly text: string }>
  return {
    isError: isError === true,
    structured: structuredContent as Answer["structured"],
    text: block?.text ?? ""
  }
}

/** Connects to a new child process until the scope closes. */
export const connect = (kind: Kind, env: Env, args: ReadonlyArray<string> = []) =>
  connectTo(kind, { _tag: "Stdio", env, args })

/** Connects until the scope closes. */
export const connectTo = (kind: Kind, reached: Reached) =>
  Effect.acquireRelease(
    attempt(() => kind.connect(reached)),
    ({ client }) => Effect.promise(() => client.close())
  ).pipe(
    Effect.map(({ callTool, client, protocolVersion }) =>
      Assistant.of({
        protocolVersion,
        ask: (of) => attempt(() => of(client)),
        listed: attempt(() => client.listTools()),
        tools: attempt(async () => (await client.listTools()).tools),
        call: (toolArguments, tool = TOOL, onprogress) =>
          attempt(async (signal) => {
            const options = { signal, ...(onprogress === undefined ? {} : { onprogress }) }
            return toAnswer(await callTool({ name: tool, arguments: toolArguments }, options))
          })
      })
    )
  )

/** Connects to a server with a new sandbox until the scope closes. */
export const withSandbox = (kind: Kind, options?: Sandbox.Options, settings: Env = {}) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make(options)
    return { sandbox, assistant: yield* connect(kind, { ...settingsFor(sandbox), ...settings }) }
  })

/** An assistant of that kind, and the sandbox of its server. */
export const layer = (
  kind: Kind,
  sandbox: Layer.Layer<Sandbox.Sandbox, unknown> = Sandbox.layer(),
  settings: Env = {}
) =>
  Layer.effect(
    Assistant,
    Effect.flatMap(Sandbox.Sandbox, (sandbox) => connect(kind, { ...settingsFor(sandbox), ...settings }))
  ).pipe(Layer.provideMerge(sandbox))
