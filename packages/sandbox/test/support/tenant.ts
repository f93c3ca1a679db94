/** Requests to a sandbox over a real socket, with the platform's fetch. */
import { assert } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Client from "../../src/Client.ts"
import * as Sandbox from "../../src/Sandbox.ts"
import * as Source from "../../src/Source.ts"

/** A sandbox of this or another process. */
export type Reachable = Pick<Sandbox.Service, "url">

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: () => unknown
}

export class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly cause: unknown }> {}

/** Sends a request and reads the whole answer; interruption closes the connection. */
export const send = (url: string, init: RequestInit = {}): Effect.Effect<Answered, NoAnswer> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(url, { ...init, signal })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: (): unknown => JSON.parse(text)
      }
    },
    catch: (cause) => new NoAnswer({ cause })
  })

const clientOf = (clientId: string): Client.Client => {
  const client = Client.seeded.find((client) => client.clientId === clientId)
  if (client === undefined) throw new Error(`There is no seeded client ${clientId}.`)
  return client
}

export const credentials = (clientId = "sandbox"): Record<string, string> => ({
  grant_type: "client_credentials",
  client_id: clientId,
  client_secret: clientOf(clientId).clientSecret
})

export const askToken = (sandbox: Reachable, form: Record<string, string> = credentials()) =>
  send(`${sandbox.url}/oauth/token`, { method: "POST", body: new URLSearchParams(form) })

/** The Authorization header of a fresh token. */
export const authorize = (sandbox: Reachable, clientId?: string) =>
  Effect.map(askToken(sandbox, credentials(clientId)), (answered) => {
    const { access_token: token } = answered.json() as { readonly access_token: string }
    return { authorization: `Bearer ${token}` }
  })

/** A new sandbox, and the Authorization header of a fresh token. */
export const start = (options?: Sandbox.Options, clientId?: string) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make(options)
    return { sandbox, headers: yield* authorize(sandbox, clientId) }
  })

/** A request, and the expected parts of the answer. */
export interface Exchange {
  /** The method and the path. */
  readonly request: string
  readonly body?: BodyInit
  /** The client whose fresh token is sent; `sandbox` by default. */
  readonly clientId?: string
  /** The Authorization header instead of the client's token. If it is undefined, the request has none. */
  readonly authorization?: string | undefined
  readonly status: number
  /** A part of the answer's body. */
  readonly text?: string
  readonly header?: readonly [name: string, value: string | null]
}

/** Sends the request to a new sandbox, checks the answer, and returns both. */
export const exchange = (row: Exchange) =>
  Effect.gen(function* () {
    const { headers, sandbox } = yield* start({}, row.clientId)
    const [method = "", path = ""] = row.request.split(" ")
    const sent = new Headers(headers)
    if ("authorization" in row) sent.delete("authorization")
    if (row.authorization !== undefined) sent.set("authorization", row.authorization)

    const answered = yield* send(`${sandbox.url}${path}`, { method, headers: sent, body: row.body ?? null })

    assert.strictEqual(answered.status, row.status)
    assert.include(answered.text, row.text ?? "")
    if (row.header !== undefined) assert.strictEqual(answered.headers.get(row.header[0]), row.header[1])
    return { answered, headers, sandbox }
  })

export const assertStatuses = (answers: ReadonlyArray<Answered>, expected: ReadonlyArray<number>): void => {
  assert.deepStrictEqual(
    answers.map(({ status }) => status),
    [...expected]
  )
}

/** A body whose type becomes the request's content type. */
export const typed = (type: string, content: string) => new Blob([content], { type })

/** The form of an upload. */
export const csvForm = (content: string, field = "data"): FormData => {
  const data = new FormData()
  data.append(field, typed("text/csv", content), "people.csv")
  return data
}

/** The answer to a GET with a fresh token. */
export const get = (sandbox: Reachable, path: string, clientId?: string) =>
  Effect.flatMap(authorize(sandbox, clientId), (headers) => send(`${sandbox.url}${path}`, { headers }))

export const uploadPath = (id: string, version = "v2024") =>
  `/${version}/non-employee-sources/${id}/non-employee-bulk-upload`

export const statusPath = (id: string, version = "v2024") => `${uploadPath(id, version)}/status`

/** Requests the status of the seeded source with this name. */
export const askStatus = (sandbox: Reachable, name: string, headers: Record<string, string>) =>
  send(`${sandbox.url}${statusPath(Source.named(name).sourceId)}`, { headers })

/** Requests a status, waits until the sandbox has received the request, and returns the request's fiber. */
export const forkStatus = (sandbox: Sandbox.Service, name: string, headers: Record<string, string>) =>
  Effect.gen(function* () {
    const asking = yield* Effect.forkChild(askStatus(sandbox, name, headers))
    yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))
    return asking
  })

/** Whether a fiber still runs after the answer to another request. The request replaces a sleep. */
export const isPending = <A, E>(sandbox: Reachable, fiber: Fiber.Fiber<A, E>) =>
  Effect.map(send(`${sandbox.url}/another`), () => fiber.pollUnsafe() === undefined)

/** A CSV that the sandbox accepts. */
export const GOOD_CSV =
  "accountName,firstName,lastName,email,manager\nada,Ada,Lovelace,ada@example.com,grace\n"

/** A CSV with the right columns and an unknown manager. */
export const BAD_ROW_CSV = GOOD_CSV.replace("grace", "nobody")

/** A CSV without the required columns. */
export const BAD_CSV = "accountName,firstName\nada,Ada\n"
