/** The environment variables and flags, from the server's help. */
import { help } from "../BuiltServer.ts"

/** Returns the variables under a heading of the help text, for example "Settings, from the environment only". */
const under = (
  lines: ReadonlyArray<string>,
  heading: string
): ReadonlyArray<readonly [name: string, meaning: string]> => {
  const start = lines.indexOf(`${heading}:`) + 1
  if (start === 0) throw new Error(`The help text has no heading "${heading}".`)
  const end = lines.indexOf("", start)
  return lines.slice(start, end).map((line) => {
    const [, name = "", meaning = ""] = /^ {2}([^\s,]+(?:, [^\s,]+)*) +(.+)$/u.exec(line) ?? []
    if (name === "") throw new Error(`This line of the help text is not a setting: ${line}`)
    return [name, meaning]
  })
}

const table = (settings: ReturnType<typeof under>): string =>
  [
    "| variable | meaning |",
    "| --- | --- |",
    ...settings.map(([names, meaning]) => `| ${names.replaceAll(/[^, ]+/gu, "`$&`")} | ${meaning} |`)
  ].join("\n")

export const content = async (): Promise<string> => {
  const lines = (await help()).split("\n")
  return [
    table(under(lines, "Settings, from the environment only")),
    "For `http`:",
    table(under(lines, "Settings of http, from the environment only")),
    "For telemetry, as OpenTelemetry specifies; off unless an endpoint is set. `{SIGNAL}` is `TRACES`, `METRICS` or `LOGS`:",
    table(
      under(
        lines,
        "Telemetry, from the environment, as OpenTelemetry specifies; off unless an endpoint is set"
      )
    )
  ].join("\n\n")
}

/** The commands, flags and exit codes, from the server's help. */
export const commands = async (): Promise<string> => {
  const text = await help()
  const usage = text.slice(text.indexOf("Usage:"), text.indexOf("Settings, from the environment only"))
  const [codes = ""] = /^Exit codes:.*$/mu.exec(text) ?? []
  return `\`\`\`text\n${usage.trim()}\n\`\`\`\n\n${codes}`
}
