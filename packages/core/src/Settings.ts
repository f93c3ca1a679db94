/**
 * The options of a client in the environment, under the names that SailPoint's own SDKs and command line use.
 *
 * | variable | meaning |
 * |---|---|
 * | `SAIL_BASE_URL` | the API host, `https://{tenant}.api.identitynow.com` |
 * | `SAIL_CLIENT_ID`, `SAIL_CLIENT_SECRET` | client credentials; tokens are fetched and renewed |
 * | `SAIL_ACCESS_TOKEN` | an access token, instead of client credentials; never renewed |
 * | `SAIL_API_VERSION` | the API version; `v2024` unless set |
 * | `SAIL_ALLOWED_HOSTS` | hosts outside SailPoint's domains that may receive the secret, separated by commas |
 * | `SAIL_REQUEST_BUDGET` | the share of the rate limit for this process, such as `50 per 10 seconds` |
 * | `SAIL_COUNT_RECORDS` | `true`: an explanation counts the records created and changed since an upload |
 * | `SAIL_AUDIT_EVENTS` | `true`: an explanation searches for audit events (scope `sp:search:read`) |
 *
 * A variable that is empty or an unfilled placeholder counts as unset.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Settings } from "@sailpoint-bulk-upload/core"
 *
 * const tenant = Settings.read().pipe(
 *   Effect.map(({ baseUrl }) => `Uses ${String(baseUrl)}`),
 *   Effect.catchTag("InvalidSettings", ({ problems }) =>
 *     Effect.succeed(problems.map(({ fix, variable }) => `${variable}: ${fix}`).join("\n"))
 *   )
 * )
 * ```
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isPlaceholder } from "./internal/placeholder.ts"
import { plainText } from "./internal/plainText.ts"
import * as Tenant from "./internal/tenant.ts"
import type { Auth } from "./internal/tokens.ts"
import type * as RequestBudget from "./RequestBudget.ts"

/** The options that the environment can set. */
export interface Settings extends Tenant.Options {
  readonly auth: Auth
  readonly requestBudget?: RequestBudget.Options | undefined
  /** Whether an explanation counts records; see `Explanation.Options`. */
  readonly countRecords?: boolean | undefined
  /** Whether an explanation searches for audit events; see `Explanation.Options`. */
  readonly auditEvents?: boolean | undefined
}

/** Options that are not read from the environment. */
interface Given extends Partial<Pick<Tenant.Options, "apiVersion" | "allowedHosts">> {
  readonly baseUrl?: Tenant.Options["baseUrl"] | undefined
  readonly auth?: Auth | undefined
  readonly requestBudget?: unknown
}

const ProblemSchema = Schema.Struct({ variable: Schema.String, problem: Schema.String, fix: Schema.String })

/** A variable that is missing or cannot be used. `problem` and `fix` are whole sentences. */
export interface Problem extends Schema.Schema.Type<typeof ProblemSchema> {}

/** Variables are missing or cannot be used. `problems` has at most one problem for each variable. */
export class InvalidSettings extends Schema.TaggedError<InvalidSettings>()("InvalidSettings", {
  problems: Schema.Array(ProblemSchema)
}) {
  readonly retryable = false
  get summary(): string {
    return this.problems.map(({ problem }) => problem).join(" ")
  }
  get nextStep(): string {
    return this.problems.map(({ fix }) => fix).join(" ")
  }
  override get message(): string {
    return this.problems.map(({ fix, problem }) => `${problem} ${fix}`).join("\n")
  }
}

const text = (name: string): Config.Config<string> =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((value) => value.trim())
  )

const variables = Config.all({
  SAIL_BASE_URL: text("SAIL_BASE_URL"),
  SAIL_CLIENT_ID: text("SAIL_CLIENT_ID"),
  SAIL_CLIENT_SECRET: text("SAIL_CLIENT_SECRET"),
  SAIL_ACCESS_TOKEN: text("SAIL_ACCESS_TOKEN"),
  SAIL_API_VERSION: text("SAIL_API_VERSION"),
  SAIL_ALLOWED_HOSTS: text("SAIL_ALLOWED_HOSTS"),
  SAIL_REQUEST_BUDGET: text("SAIL_REQUEST_BUDGET"),
  SAIL_COUNT_RECORDS: text("SAIL_COUNT_RECORDS"),
  SAIL_AUDIT_EVENTS: text("SAIL_AUDIT_EVENTS")
})

type Variable = keyof Config.Success<typeof variables>

/** The variables, and the problems found so far. */
const makeReading = (env: Config.Success<typeof variables>) => {
  const problems: Array<Problem> = []
  return {
    env,
    problems,
    valueOf: (variable: Variable): string | undefined =>
      env[variable] === "" || isPlaceholder(env[variable]) ? undefined : env[variable],
    refuse: (variable: Variable, fix: string, problem = problemOf(env[variable])): undefined => {
      problems.push({ variable, problem: `${variable} ${problem}`, fix })
    }
  }
}

type Reading = ReturnType<typeof makeReading>

const problemOf = (value: string): string => {
  if (isPlaceholder(value)) return "is not filled in: its value is still a placeholder."
  return value === "" ? "is not set." : `is "${plainText(value, 40)}".`
}

/** Reads the options that `given` lacks from the environment (the `ConfigProvider` in force) and checks them. */
export const read = Effect.fnUntraced(function* (
  given: Given = {}
): Effect.fn.Return<Settings, Config.ConfigError | InvalidSettings> {
  const reading = makeReading(yield* variables)
  const apiVersion = given.apiVersion ?? apiVersionIn(reading)
  const allowedHosts = given.allowedHosts ?? reading.valueOf("SAIL_ALLOWED_HOSTS")?.split(",") ?? []
  const baseUrl = given.baseUrl ?? (yield* baseUrlIn(reading, allowedHosts))
  const auth = given.auth ?? authIn(reading)
  const requestBudget = given.requestBudget === undefined ? requestBudgetIn(reading) : undefined
  const countRecords = switchIn(reading, "SAIL_COUNT_RECORDS")
  const auditEvents = switchIn(reading, "SAIL_AUDIT_EVENTS")
  const { problems } = reading
  if (baseUrl === undefined || auth === undefined || problems.length > 0) {
    return yield* new InvalidSettings({ problems })
  }
  return { baseUrl, auth, apiVersion, allowedHosts, requestBudget, countRecords, auditEvents }
})

const apiVersionIn = ({ refuse, valueOf }: Reading): Tenant.ApiVersion => {
  const value = valueOf("SAIL_API_VERSION") ?? Tenant.defaultApiVersion
  if (isApiVersion(value)) return value
  refuse("SAIL_API_VERSION", `Set it to one of ${Tenant.ApiVersion.literals.join(", ")}, or unset it.`)
  return Tenant.defaultApiVersion
}

const isApiVersion = Schema.is(Tenant.ApiVersion)

const baseUrlIn = (
  { refuse, valueOf }: Reading,
  allowedHosts: ReadonlyArray<string>
): Effect.Effect<string | undefined> => {
  const baseUrl = valueOf("SAIL_BASE_URL")
  if (baseUrl === undefined) {
    const fix = "Set it to your tenant's API host, such as https://{tenant}.api.identitynow.com."
    return Effect.succeed(refuse("SAIL_BASE_URL", fix))
  }
  return Effect.match(Tenant.make({ baseUrl, allowedHosts }), {
    onSuccess: () => baseUrl,
    onFailure: ({ nextStep, reason, refusedHost }) => {
      const fix =
        refusedHost === undefined
          ? nextStep
          : `If this host is correct, set SAIL_ALLOWED_HOSTS to "${[...allowedHosts, refusedHost].join(",")}".`
      return refuse("SAIL_BASE_URL", fix, `cannot be used: ${reason}`)
    }
  })
}

const authIn = ({ env, refuse, valueOf }: Reading): Auth | undefined => {
  const clientId = valueOf("SAIL_CLIENT_ID")
  const clientSecret = valueOf("SAIL_CLIENT_SECRET")
  const accessToken = valueOf("SAIL_ACCESS_TOKEN")
  const hasClient = clientId !== undefined || clientSecret !== undefined
  if (accessToken !== undefined) {
    return hasClient
      ? refuse(
          "SAIL_ACCESS_TOKEN",
          "Keep one of the two ways to authenticate and unset the other.",
          "is set together with SAIL_CLIENT_ID or SAIL_CLIENT_SECRET."
        )
      : { accessToken: Redacted.make(accessToken, { label: "SAIL_ACCESS_TOKEN" }) }
  }
  if (clientId !== undefined && clientSecret !== undefined) {
    return { clientId, clientSecret: Redacted.make(clientSecret, { label: "SAIL_CLIENT_SECRET" }) }
  }
  if (!hasClient && isPlaceholder(env.SAIL_ACCESS_TOKEN) && env.SAIL_CLIENT_ID === "") {
    return refuse("SAIL_ACCESS_TOKEN", "Set it to an access token of the tenant.")
  }
  const ofToken = "of a personal access token with the scope idn:nelm:read"
  if (clientId === undefined) refuse("SAIL_CLIENT_ID", `Set it to the client ID ${ofToken}.`)
  if (clientSecret === undefined) refuse("SAIL_CLIENT_SECRET", `Set it to the client secret ${ofToken}.`)
  return undefined
}

const BUDGET = /^(\d{1,6})(?: per (\d+ (?:milli|second|minute)s?))?$/u

const requestBudgetIn = ({ refuse, valueOf }: Reading): RequestBudget.Options | undefined => {
  const value = valueOf("SAIL_REQUEST_BUDGET")
  if (value === undefined) return undefined
  const [, requests, per = "10 seconds"] = BUDGET.exec(value) ?? []
  const window = Duration.fromInput(per as Duration.Input)
  return Number(requests) > 0 && Option.isSome(window) && !Duration.isZero(window.value)
    ? { requests: Number(requests), per: window.value }
    : refuse(
        "SAIL_REQUEST_BUDGET",
        'Set it to a number of requests, at least 1, and a time, such as "50 per 10 seconds".'
      )
}

const switchIn = (
  { refuse, valueOf }: Reading,
  variable: "SAIL_COUNT_RECORDS" | "SAIL_AUDIT_EVENTS"
): boolean => {
  const value = valueOf(variable) ?? "false"
  if (value !== "true" && value !== "false") refuse(variable, "Set it to true or false, or unset it.")
  return value === "true"
}

const VARIABLES: Readonly<Record<string, Variable>> = {
  baseUrl: "SAIL_BASE_URL",
  clientId: "SAIL_CLIENT_ID",
  clientSecret: "SAIL_CLIENT_SECRET",
  accessToken: "SAIL_ACCESS_TOKEN",
  apiVersion: "SAIL_API_VERSION",
  allowedHosts: "SAIL_ALLOWED_HOSTS",
  requestBudget: "SAIL_REQUEST_BUDGET"
}

const OPTIONS = Object.entries(VARIABLES).map(
  ([option, variable]) => [new RegExp(String.raw`\b${option}\b`, "gu"), variable] as const
)

/**
 * Returns an error's `nextStep` with the variable in place of each option, such as `SAIL_BASE_URL` in place of `baseUrl`,
 * for programs that are configured by the environment.
 */
export const nameVariables = (nextStep: string): string =>
  OPTIONS.reduce((text, [option, variable]) => text.replaceAll(option, variable), nextStep)
