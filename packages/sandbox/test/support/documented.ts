/**
 * The bodies that SailPoint documents (API v2024, the same in every version). Fields are optional by default, and a key
 * that is not named here is not documented.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { Endpoint } from "../../src/Endpoint.ts"

const optional = <Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.Struct(fields).mapFields(Struct.map(Schema.optionalKey))

const text = Schema.String
const dateTime = text.check(Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u))
/** The documentation calls it a UUID, and shows both forms. */
const uuid = text.check(Schema.isPattern(/^[0-9a-f]{32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u))
const state = Schema.Literals(["PENDING", "IN_PROGRESS", "COMPLETED", "ERROR"])

/** Fields that are text, by their names. */
const texts = (...names: ReadonlyArray<string>) => Object.fromEntries(names.map((name) => [name, text]))

const dates = { created: dateTime, modified: dateTime }
const identities = Schema.Array(
  optional({ type: Schema.Literals(["GOVERNANCE_GROUP", "IDENTITY"]), id: text })
)

const source = {
  ...texts("sourceId", "name", "description"),
  ...dates,
  id: uuid,
  approvers: identities,
  accountManagers: identities
}

const record = optional({
  ...texts("accountName", "firstName", "lastName", "email", "phone", "manager", "sourceId"),
  ...dates,
  id: uuid,
  data: Schema.Record(text, text),
  startDate: dateTime,
  endDate: dateTime
})

const attribute = Schema.Struct({
  type: Schema.Literals(["TEXT", "DATE", "IDENTITY"]),
  technicalName: text,
  label: text,
  ...optional({
    ...texts("helpText", "placeholder"),
    ...dates,
    id: uuid,
    system: Schema.Boolean,
    required: Schema.Boolean
  }).fields
})

const event = optional({
  ...texts("id", "name", "synced", "action", "type", "stack", "trackingNumber", "ipAddress", "details"),
  ...texts("operation", "status", "technicalName"),
  // Only in the documented example.
  ...texts("pod", "org", "_type", "_version"),
  created: Schema.NullOr(dateTime),
  actor: optional({ name: text }),
  target: optional({ name: text }),
  attributes: Schema.Record(text, Schema.Unknown),
  objects: Schema.Array(text)
})

const messages = Schema.Array(
  optional({ locale: Schema.NullOr(text), localeOrigin: Schema.NullOr(text), text })
)

/** `token.test.ts` has the whole answer of the token endpoint. */
export type Documented = Exclude<Endpoint, "token">

/** The bodies of success. */
const success: Readonly<Record<Documented, Schema.Codec<unknown, unknown>>> = {
  status: optional({ status: Schema.NullOr(state) }),
  upload: optional({ id: text, sourceId: text, created: dateTime, modified: dateTime, status: state }),
  sources: Schema.Array(optional({ ...source, nonEmployeeCount: Schema.NullOr(Schema.Int) })),
  source: optional(source),
  schemaAttributes: Schema.Array(attribute).check(Schema.isMaxLength(18)),
  schemaTemplate: text.check(Schema.isPattern(/^[^\n]+\n$/u)),
  records: Schema.Array(record),
  search: Schema.Array(event)
}

const error = optional({ detailCode: text, trackingId: text, messages, causes: messages })

/**
 * The bodies of failure, the same for every endpoint. The 404 of a status and of a single source is
 * undocumented: the sandbox chooses it.
 */
const failures: Readonly<Record<number, Schema.Codec<unknown, unknown>>> = {
  400: error,
  401: optional({ error: text }),
  403: error,
  404: error,
  429: optional({ message: text }),
  500: error
}

/** Throws if the body differs from the documentation. */
export const assertDocumented = (endpoint: Documented, status: number, body: unknown): void => {
  const schema = status < 300 ? success[endpoint] : failures[status]
  if (schema === undefined) throw new Error(`No documented answer of ${endpoint} has the status ${status}.`)
  Schema.decodeUnknownSync(schema, { onExcessProperty: "error" })(body)
}
