/**
 * The environment, which holds the secrets. What reads it after the settings were read is nothing of this server:
 * a crash report, a process that a debugger starts, a module that is loaded with `--import`.
 */
import { isPlaceholder } from "@sailpoint-bulk-upload/core/workspace"

export type Env = Readonly<Record<string, string | undefined>>

/** The variables of this server's settings; any of them can hold a secret, if only by mistake. */
const OWN = /^(?:SAIL|MCP|OTEL_EXPORTER_OTLP)_/u

const SECRET_FILE = /^(?:SAIL|MCP)_.*_FILE$/u

/** Whether a file holds a secret. */
export const namesFiles = (env: Env): boolean =>
  Object.entries(env).some(([name, value = ""]) => SECRET_FILE.test(name) && value.trim() !== "")

/** All of them are optional, so one that is still a placeholder counts as not set. */
const OTLP = /^OTEL_EXPORTER_OTLP_/u

/**
 * A copy of the environment, from which this server's own variables are gone then, and which Node's diagnostic
 * reports leave out. The block that the process was started with stays as it was for those who may read its memory
 * (`/proc/PID/environ`: the same user, and root).
 */
export const take = (): Env => {
  const env = { ...process.env }
  for (const [name, value = ""] of Object.entries(env)) {
    if (OWN.test(name)) delete process.env[name]
    if (OTLP.test(name) && isPlaceholder(value)) delete env[name]
  }
  process.report.excludeEnv = true
  return env
}
