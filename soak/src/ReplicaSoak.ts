/**
 * The run with `--replicas`: HTTP servers that share a limit through a real Redis, while servers are killed and
 * restarted, and Redis is restarted and fails over.
 */
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import type * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { setTimeout as sleep } from "node:timers/promises"
import type { Caller } from "./Calls.ts"
import type { Dice } from "./Dice.ts"
import type { Options } from "./Options.ts"
import * as RedisPair from "./RedisPair.ts"
import type { Counted, Report } from "./Report.ts"
import { Run } from "./Run.ts"
import * as ServerUnderLoad from "./ServerUnderLoad.ts"
import { isEnough, type Sample, trends } from "./Trend.ts"

const WINDOW_MILLIS = 1_000

const STRIKES = ["kill", "restart", "stop", "failOver"] as const

/** The time between two strikes: the calls that the limit allows in this many windows end. */
const WINDOWS_BETWEEN_STRIKES = 3

/** A server accepts 32 concurrent requests from one caller, including canceled ones that have not ended. */
const MOST_UNDER_WAY = 16

/** Calls for one source at one time share a request, so there are more sources than calls under way. */
const sources: ReadonlyArray<Source.Source> = Array.from({ length: 200 }, (_, n) => {
  const digits = n.toString(16).padStart(12, "0")
  return {
    sourceId: `${"0".repeat(20)}${digits}`,
    id: `00000000-0000-4000-8000-${digits}`,
    name: `Source ${n}`,
    description: "Made for a soak.",
    status: n % 2 === 0 ? "COMPLETED" : "IN_PROGRESS"
  }
})

const client: Client.Client = { ...Client.admin, lifetime: "30 seconds" }

const envOf = (sandbox: Sandbox.Service, redis: RedisPair.RedisPair, requests: number) => ({
  SAIL_BASE_URL: sandbox.url,
  SAIL_CLIENT_ID: client.clientId,
  SAIL_CLIENT_SECRET: client.clientSecret,
  SAIL_REQUEST_BUDGET: `${requests} per ${WINDOW_MILLIS / 1000} seconds`,
  SAIL_REDIS_URL: redis.url,
  MCP_SHUTDOWN_GRACE: "0"
})

/** One of the servers, whose process changes. */
interface Replica {
  readonly name: string
  caller: (Caller & { readonly server: ServerUnderLoad.ServerUnderLoad }) | undefined
  /** The resources of the current process. */
  samples: Array<Sample>
  /** Whether the current process logged that it cannot use Redis. */
  isAlone: boolean
}

export const soakReplicas = (
  options: Options,
  replicas: number,
  print: (line: string) => void
): Promise<Report> =>
  Effect.gen(function* () {
    // Half of the calls per second, so that the limit is always exhausted.
    const requests = Math.max(1, Math.floor((options.load * replicas) / 2))
    const sandbox = yield* Sandbox.make({
      limit: { requests, per: WINDOW_MILLIS },
      sources,
      clients: [client]
    })
    return yield* Effect.promise(() => run(options, replicas, requests, sandbox, print))
  }).pipe(Effect.scoped, Effect.runPromise)

const run = async (
  options: Options,
  count: number,
  requests: number,
  sandbox: Sandbox.Service,
  print: (line: string) => void
): Promise<Report> => {
  await using redis = await RedisPair.start()
  const course = new Run(options)
  const exits: Record<string, number | string> = {}
  const counts = { faults: 0, restarts: 0 }

  /** When a server last logged that it stopped or began to share the limit, which also happens on a busy machine. */
  let lastAlone = -Infinity

  const start = async (replica: Replica): Promise<void> => {
    replica.samples = []
    if (replica.isAlone) lastAlone = Date.now()
    replica.isAlone = false
    const server = await ServerUnderLoad.start("http", envOf(sandbox, redis, requests), (line) => {
      if (!/Redis (?:cannot be used|answers again)/u.test(line)) return
      replica.isAlone = line.includes("cannot be used")
      lastAlone = Date.now()
    })
    replica.caller = {
      client: server.client,
      server,
      sources,
      restarted: () => replica.caller?.server !== server
    }
    void course.watch(server, replica.samples)
  }

  const end = async (replica: Replica, how: "kill" | "stop"): Promise<void> => {
    const server = replica.caller?.server
    if (server === undefined) return
    replica.caller = undefined
    if (how === "kill") await server.kill()
    else exits[replica.name] = (await server.stop()) || (exits[replica.name] ?? 0)
  }

  const replicas = Array.from({ length: count }, (_, n): Replica => ({
    name: `replica ${n + 1}`,
    caller: undefined,
    samples: [],
    isAlone: false
  }))
  course.begin()
  await Promise.all(replicas.map(start))

  /** Waits until each server has sent a request under the shared limit, and one window longer. False if the run ends. */
  const sharedAgain = async (dice: Dice): Promise<boolean> => {
    while (!course.isOver) {
      const { sourceId } = dice.pick(sources)
      const status = { name: "get_bulk_upload_status", arguments: { sourceId } }
      const answers = await Promise.allSettled(replicas.map(({ caller }) => caller?.client.callTool(status)))
      await sleep(WINDOW_MILLIS)
      // A call that failed may not have reached Redis.
      const areSent = answers.every((ended) => ended.status === "fulfilled" && ended.value?.isError !== true)
      if (areSent && replicas.every(({ isAlone }) => !isAlone)) return true
    }
    return false
  }

  const violations: Array<string> = []
  const phases = { shared: [] as Array<Counted>, unshared: [] as Array<Counted> }
  let [phase, phaseBegan]: [keyof typeof phases, number] = ["shared", Date.now()]
  const endPhase = async (): Promise<void> => {
    const [began, now] = [phaseBegan, Date.now()]
    phaseBegan = now
    const received = await Effect.runPromise(sandbox.received)
    const counted = received.filter(({ at, endpoint }) => endpoint !== "token" && at >= began && at < now)
    const isShared =
      phase === "shared" && began > lastAlone + WINDOW_MILLIS && replicas.every(({ isAlone }) => !isAlone)
    phases[isShared ? "shared" : "unshared"].push(countedIn(counted))
    if (isShared) violations.push(...violationsIn(counted, requests))
  }

  const strike = async (kind: (typeof STRIKES)[number], dice: Dice): Promise<void> => {
    counts.faults += 1
    await endPhase()
    if (kind === "kill" || kind === "stop") {
      // The first server runs until the end, so that a leak has time to show.
      const replica = dice.pick(replicas.slice(1))
      await end(replica, kind)
      await start(replica)
      counts.restarts += 1
      return
    }
    phase = "unshared"
    await redis[kind]()
    if (!(await sharedAgain(dice))) return
    await endPhase()
    phase = "shared"
  }

  const strikes = async (dice: Dice): Promise<void> => {
    for (let n = 0; !course.isOver; n++) {
      await strike(STRIKES[n % STRIKES.length] ?? "kill", dice)
      const next = course.tally.total + WINDOWS_BETWEEN_STRIKES * requests
      while (!course.isOver && course.tally.total < next) await sleep(50)
    }
  }

  await Promise.all([
    ...replicas.map((replica) => course.load(() => replica.caller, course.fork(), { most: MOST_UNDER_WAY })),
    strikes(course.fork()),
    course.progress(print)
  ])
  await course.drain()
  await endPhase()
  for (const replica of replicas) await end(replica, "stop")
  return {
    ...options,
    ...counts,
    ...course.calls,
    exits,
    showsLeaks: replicas.slice(0, 1).every(({ samples }) => isEnough(samples)),
    // A process that has just started has no trend.
    held: Object.fromEntries(
      replicas.flatMap(({ name, samples }) => (samples.length < 4 ? [] : [[name, trends(samples)]]))
    ),
    limit: {
      requests,
      windowMillis: WINDOW_MILLIS,
      shared: inAll(phases.shared),
      unshared: inAll(phases.unshared),
      violations
    }
  }
}

type Requests = ReadonlyArray<Sandbox.Received>

/** Returns the window that ends with each request. */
const windowsOf = (received: Requests): ReadonlyArray<Requests> =>
  received.map(({ at }, last) =>
    received.slice(
      received.findIndex((first) => at - first.at < WINDOW_MILLIS),
      last + 1
    )
  )

const countedIn = (received: Requests): Counted => {
  return {
    largest: Math.max(0, ...windowsOf(received).map(({ length }) => length)),
    refused: received.filter(({ outcome }) => outcome === 429).length
  }
}

/** Describes the windows with too many requests: for each request, the milliseconds since the first, and its answer. */
const violationsIn = (received: Requests, requests: number): ReadonlyArray<string> =>
  windowsOf(received)
    .filter(({ length }) => length > requests)
    .map((window) => window.map(({ at, outcome }) => `${at - (window[0]?.at ?? 0)}: ${outcome}`).join(", "))

const inAll = (phases: ReadonlyArray<Counted>): Counted => ({
  largest: Math.max(0, ...phases.map(({ largest }) => largest)),
  refused: phases.reduce((sum, { refused }) => sum + refused, 0)
})
