/** The part of JSON Schema that the tools use. */
export interface JsonSchema {
  readonly type?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly items?: JsonSchema
}
