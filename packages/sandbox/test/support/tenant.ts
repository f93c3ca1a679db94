/** How the tests speak to a sandbox: over a real socket, with the platform's fetch. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Client from "../../src/Client.ts"
import type { Service } from "../../src/Sandbox.ts"
import * as Source from "../../src/Source.ts"

/** Where a sandbox is: this one, or one of another process. */
export type Reachable = Pick<Service, "url">

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: () => unknown
}

export class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly cause: unknown }> {}

/** The whole answer; an interrupted caller closes its connection. */
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

/** The head and a reader of the body, for an answer that has no end. */
export const open = (url: string, init: RequestInit = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const controller = new AbortController()
      const response = await fetch(url, { ...init, signal: controller.signal })
      const reader = response.body?.getReader()
      if (reader === undefined) throw new Error("The answer has no body.")
      return { status: response.status, reader, controller }
    }),
    ({ controller }) => Effect.sync(() => controller.abort())
  )

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

/** The answer to a GET with a fresh token. */
export const get = (sandbox: Reachable, path: string, clientId?: string) =>
  Effect.flatMap(authorize(sandbox, clientId), (headers) => send(`${sandbox.url}${path}`, { headers }))

export const uploadPath = (id: string, version = "v2024") =>
  `/${version}/non-employee-sources/${id}/non-employee-bulk-upload`

export const statusPath = (id: string, version = "v2024") => `${uploadPath(id, version)}/status`

/** The status of the seeded source of that name. */
export const askStatus = (sandbox: Reachable, name: string, headers: Record<string, string>) =>
  send(`${sandbox.url}${statusPath(Source.named(name).sourceId)}`, { headers })

/** Whether something is still under way after another request came back: time enough for an answer, without a sleep. */
export const isPending = <A, E>(sandbox: Reachable, fiber: Fiber.Fiber<A, E>) =>
  Effect.map(send(`${sandbox.url}/another`), () => fiber.pollUnsafe() === undefined)

/** A CSV that the sandbox takes. */
export const GOOD_CSV =
  "accountName,firstName,lastName,email,manager\nada,Ada,Lovelace,ada@example.com,grace\n"

/** A CSV whose form is good, with a manager who does not exist. */
export const BAD_ROW_CSV = GOOD_CSV.replace("grace", "nobody")

/** A CSV without the columns that the sandbox wants. */
export const BAD_CSV = "accountName,firstName\nada,Ada\n"
