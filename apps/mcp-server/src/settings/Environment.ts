/**
 * The environment, which contains the secrets. After the settings are read, only code outside this server reads it: a crash
 * report, a process that a debugger starts, a module that is loaded with `--import`.
 */
import { isPlaceholder } from "@sailpoint-bulk-upload/core/workspace"

export type Env = Readonly<Record<string, string | undefined>>

/** The variables of this server; any of them can contain a secret, even by mistake. */
const OWN = /^(?:SAIL|MCP|OTEL_EXPORTER_OTLP)_/u

const SECRET_FILE = /^(?:SAIL|MCP)_.*_FILE$/u

/** Returns whether a variable names a file with a secret. */
export const namesFiles = (env: Env): boolean =>
  Object.entries(env).some(([name, value = ""]) => SECRET_FILE.test(name) && value.trim() !== "")

/** These are optional, so a placeholder counts as unset. */
const OTLP = /^OTEL_EXPORTER_OTLP_/u

/**
 * Returns a copy of the environment, removes this server's variables from the original, and has Node's diagnostic reports leave
 * the environment out. The initial environment remains readable for the same user and root (`/proc/PID/environ`).
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
