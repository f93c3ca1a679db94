/** Answers of every status with every body. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BulkUploads, type Service } from "../../src/BulkUploads.ts"
import { transports } from "../support/tenant.ts"
import { type BodyCase, contents, floods, shapes } from "./bodies.ts"
import { outcome } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { granting, service } from "./support/service.ts"

const byStatus = new Map([
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [429, "RateLimited"]
])

const expected = (status: number, { when200 }: BodyCase, client: string): string => {
  if (status === 200) return when200
  // For node:http, a 101 is an answer; for other clients, it is an error.
  if (status === 101 && client === "node:http") return "UnexpectedResponse"
  // Proxies answer with 407. In the Fetch standard, a 407 is a network error.
  if (status === 407) return "ConnectionFailed"
  // An answer would follow a 1xx, but the connection ends.
  if (status < 200) return "ConnectionFailed"
  return byStatus.get(status) ?? (status >= 500 ? "ServerError" : "UnexpectedResponse")
}

interface Exchange {
  readonly status: number
  readonly body: BodyCase
  /** The HTTP client. */
  readonly client: string
}

/** Five hundred exchanges take a second on an idle machine, and longer on a busy one. */
const PATIENCE = 120_000

const clients = transports.map(([name]) => name)
const clientInTurn = (n: number): string => clients[n % clients.length] ?? ""

/** Makes all exchanges with one tenant, and expects the right outcome of each. */
const expectOutcomes = (exchanges: ReadonlyArray<Exchange>) =>
  Effect.gen(function* () {
    const tenant = yield* RawTenant.make(
      granting((socket, request) => {
        const exchange = exchanges[RawTenant.numberIn(request)]
        exchange?.body.answer(exchange.status)(socket, request)
      })
    )
    const services = new Map<string, Service>()
    for (const [name, transport] of transports) {
      services.set(name, Context.get(yield* Layer.build(service(tenant.url, transport)), BulkUploads))
    }
    const outcomes = yield* Effect.forEach(
      exchanges,
      ({ client }, n) => outcome(services.get(client)?.status(RawTenant.idOf(n)) ?? Effect.die(client)),
      { concurrency: 24 }
    )
    const described = (outcomeOf: (exchange: Exchange, n: number) => string | undefined) =>
      exchanges.map((exchange, n) => [
        exchange.status,
        exchange.body.name,
        exchange.client,
        outcomeOf(exchange, n)
      ])
    assert.deepStrictEqual(
      described((_, n) => outcomes[n]),
      described(({ body, client, status }) => expected(status, body, client))
    )
  })

const statuses = Array.from({ length: 500 }, (_, n) => n + 100)

/** The statuses that the library distinguishes, and some others. */
const distinct = [101, 103, 200, 204, 205, 302, 304, 400, 401, 403, 404, 407, 429, 500, 599]

const withEachClient = (status: number, body: BodyCase): ReadonlyArray<Exchange> =>
  clients.map((client) => ({ status, body, client }))

const named = (bodies: ReadonlyArray<BodyCase>) => bodies.map((body, n) => [body.name, body, n] as const)

describe("answers of any status", () => {
  it.live.each(named([...shapes, ...floods]))(
    "an answer of any status from 100 to 599 with %s has the expected outcome",
    ([, body, n]) => {
      // Clients take turns, in another order for every body.
      const inTurn = statuses.map((status) => ({ status, body, client: clientInTurn(status + n) }))
      // Large bodies take long, so each status gets one of them.
      const few =
        n < shapes.length ? inTurn : inTurn.filter(({ status }) => (status + n) % floods.length === 0)
      return expectOutcomes([...few, ...distinct.flatMap((status) => withEachClient(status, body))])
    },
    PATIENCE
  )
})

describe("answers of 200", () => {
  it.live.each(named(contents))("a 200 with %s has the expected outcome over each client", ([, body]) =>
    expectOutcomes(withEachClient(200, body))
  )
})
