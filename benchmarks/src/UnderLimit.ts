/**
 * Processes that request statuses under one limit: SailPoint's 100 requests per window, with a window of 1 s instead of
 * 10 s.
 */
import type { Received } from "@sailpoint-bulk-upload/sandbox/Sandbox"
import { setTimeout as sleep } from "node:timers/promises"
import * as Child from "./Child.ts"
import { sourceIds } from "./Client.ts"
import type { Figure } from "./Figure.ts"

export interface Limit {
  readonly requests: number
  readonly millis: number
}

export const LIMIT: Limit = { requests: 100, millis: 1000 }

/** The JSON argument of each process. */
export interface Setup {
  readonly baseUrl: string
  readonly limit: Limit
  /** The socket of the Redis that the processes share the limit through. */
  readonly redis: string | undefined
}

export interface Outcome {
  readonly seconds: number
  readonly refused: number
  /** The number of the process that sent each request, in the order of their arrival. */
  readonly senders: ReadonlyArray<number>
}

/** The requests of the first window take no time, and each further window takes its whole time. */
const minimumSeconds = (sources: number): number =>
  ((Math.ceil(sources / LIMIT.requests) - 1) * LIMIT.millis) / 1000

/** Each process requests the status of separate sources, after a call that loads the code and opens connections. */
export const ask = async (processes: number, sources: number, redis?: string): Promise<Outcome> => {
  await using stack = new AsyncDisposableStack()
  const sandbox = stack.use(
    await Child.start<"url" | "received", string | ReadonlyArray<Received>>("sandbox", {
      args: [String(processes * sources), JSON.stringify(LIMIT)]
    })
  )
  const received = async () => {
    const all = await sandbox.ask("received")
    return typeof all === "string" ? [] : all.filter(({ endpoint }) => endpoint === "status")
  }
  const setup: Setup = { baseUrl: String(await sandbox.ask("url")), limit: LIMIT, redis }
  const clients = await Promise.all(
    Array.from({ length: processes }, async () =>
      stack.use(
        await Child.start<ReadonlyArray<string>, number>("underLimit", { args: [JSON.stringify(setup)] })
      )
    )
  )
  const askAll = (count: number) =>
    Promise.all(clients.map((client, process) => client.ask(sourceIds(count, process * sources))))
  await askAll(1)
  await sleep(2 * LIMIT.millis)
  await received()
  const start = performance.now()
  const failures = await askAll(sources)
  const seconds = (performance.now() - start) / 1000
  if (failures.some((count) => count > 0))
    throw new Error(`Sources without a status: ${failures.join(", ")}.`)
  const requests = await received()
  return {
    seconds,
    refused: requests.filter(({ outcome }) => outcome === 429).length,
    senders: requests.map(({ path }) => Math.floor(numberOf(path) / sources))
  }
}

/** The source ID in a path is the source's number. */
const numberOf = (path: string): number => Number.parseInt(/[0-9a-f]{32}/u.exec(path)?.[0] ?? "", 16)

/** The time compared with the limit's minimum, and the refused requests of all runs. */
export const figures = (
  what: string,
  outcomes: ReadonlyArray<Outcome>,
  sources: number,
  atMost: number
): ReadonlyArray<Figure> => [
  {
    what,
    unit: "s",
    ours: outcomes.map(({ seconds }) => seconds),
    against: { name: "the limit's minimum", samples: [minimumSeconds(sources)] },
    target: { atMost }
  },
  {
    what: `${what}: 429 answers`,
    unit: "requests",
    ours: [outcomes.reduce((sum, { refused }) => sum + refused, 0)],
    target: { atMost: 0 }
  }
]
