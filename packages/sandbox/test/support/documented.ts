/**
 * The bodies that SailPoint documents (API v2024, the same in every version), in short: nothing is required unless
 * said so, and a key that is not named here is not documented.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type { Endpoint } from "../../src/Endpoint.ts"

const optional = <Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.Struct(fields).mapFields(Struct.map(Schema.optionalKey))

const text = Schema.String
const dateTime = text.check(Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u))
/** Called a UUID, and shown in both forms. */
const uuid = text.check(Schema.isPattern(/^[0-9a-f]{32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u))
const state = Schema.Literals(["PENDING", "IN_PROGRESS", "COMPLETED", "ERROR"])

const identities = Schema.Array(
  optional({ type: Schema.Literals(["GOVERNANCE_GROUP", "IDENTITY"]), id: text })
)

const source = {
  id: uuid,
  sourceId: text,
  name: text,
  description: text,
  approvers: identities,
  accountManagers: identities,
  modified: dateTime,
  created: dateTime
}

const record = optional({
  id: uuid,
  accountName: text,
  firstName: text,
  lastName: text,
  email: text,
  phone: text,
  manager: text,
  sourceId: text,
  data: Schema.Record(text, text),
  startDate: dateTime,
  endDate: dateTime,
  modified: dateTime,
  created: dateTime
})

const attribute = Schema.Struct({
  type: Schema.Literals(["TEXT", "DATE", "IDENTITY"]),
  technicalName: text,
  label: text,
  ...optional({
    id: uuid,
    system: Schema.Boolean,
    modified: dateTime,
    created: dateTime,
    helpText: text,
    placeholder: text,
    required: Schema.Boolean
  }).fields
})

const event = optional({
  id: text,
  name: text,
  created: Schema.NullOr(dateTime),
  synced: text,
  action: text,
  type: text,
  actor: optional({ name: text }),
  target: optional({ name: text }),
  stack: text,
  trackingNumber: text,
  ipAddress: text,
  details: text,
  attributes: Schema.Record(text, Schema.Unknown),
  objects: Schema.Array(text),
  operation: text,
  status: text,
  technicalName: text,
  // In the documented example only.
  pod: text,
  org: text,
  _type: text,
  _version: text
})

const messages = Schema.Array(
  optional({ locale: Schema.NullOr(text), localeOrigin: Schema.NullOr(text), text })
)

/** The bodies of success. That of the token is documented by an example. */
const success: Readonly<Record<Endpoint, Schema.Codec<unknown, unknown>>> = {
  token: Schema.Struct({
    access_token: text,
    token_type: Schema.Literal("bearer"),
    expires_in: Schema.Int,
    scope: text,
    tenant_id: text,
    pod: text,
    org: text
  }),
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
 * The bodies of failure, the same for every endpoint but the token's. For the status and for a single source, 404 is
 * the sandbox's choice.
 */
const failures: Readonly<Record<number, Schema.Codec<unknown, unknown>>> = {
  400: error,
  401: optional({ error: text }),
  403: error,
  404: error,
  429: optional({ message: text }),
  500: error
}

/** Throws unless the body is as documented. */
export const assertDocumented = (endpoint: Endpoint, status: number, body: unknown): void => {
  const schema = status < 300 ? success[endpoint] : failures[status]
  if (schema === undefined) throw new Error(`No documented answer of ${endpoint} has the status ${status}.`)
  Schema.decodeUnknownSync(schema, { onExcessProperty: "error" })(body)
}
