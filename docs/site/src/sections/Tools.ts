/** The table of tools, from the built server. */
import * as Schema from "effect/Schema"
import { withServer } from "../BuiltServer.ts"

const Arguments = Schema.Struct({
  // Absent if a tool has no arguments.
  properties: Schema.optional(Schema.Record(Schema.String, Schema.Struct({ description: Schema.String }))),
  required: Schema.optional(Schema.Array(Schema.String))
})
const decode = Schema.decodeUnknownSync(Arguments)

const firstSentence = (text: string): string => /^.*?\.(?= |$)/u.exec(text)?.[0] ?? text

export const content = async (): Promise<string> => {
  const { tools } = await withServer({ args: ["--sandbox"] }, (client) => client.listTools())
  const rows = tools.map(({ annotations, description = "", inputSchema, name }) => {
    if (annotations?.readOnlyHint !== true)
      throw new Error(`The page calls ${name} read-only, but its annotations do not.`)
    const { properties = {}, required = [] } = decode(inputSchema)
    const given = Object.entries(properties).map(
      ([argument, { description }]) =>
        `\`${argument}\`${required.includes(argument) ? "" : " (optional)"}: ${firstSentence(description)}`
    )
    return `| \`${name}\` | ${firstSentence(description)} | ${given.join("<br>")} |`
  })
  return ["| tool | purpose | arguments |", "| --- | --- | --- |", ...rows].join("\n")
}
