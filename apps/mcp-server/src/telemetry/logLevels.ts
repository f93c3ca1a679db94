/** The log levels of `--log-level`, each with Effect's name for it. */
export const LOG_LEVELS = {
  trace: "Trace",
  debug: "Debug",
  info: "Info",
  warn: "Warn",
  error: "Error",
  none: "None"
} as const

export type LogLevel = (typeof LOG_LEVELS)[keyof typeof LOG_LEVELS]

export const LOG_FORMATS = ["logfmt", "json"] as const

export type LogFormat = (typeof LOG_FORMATS)[number]
