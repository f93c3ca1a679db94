/**
 * The files that the build writes: the same in the tarball, the image and the MCP bundle.
 */

/** The modules, by the names that tell a reader what is in them. */
export const CHUNKS = [
  "boot",
  "calls",
  "check",
  "completions",
  "effect",
  "http",
  "main",
  "protocol",
  "redis",
  "rolldown-runtime",
  "sandbox",
  "server",
  "streams",
  "telemetry",
  "tokens"
] as const

/** The paths of all files, from the folder of the package. */
export const BUILT_COMMAND: ReadonlyArray<string> = [
  "dist/THIRD_PARTY_LICENSES.txt",
  "dist/sbom.cdx.json",
  ...CHUNKS.map((chunk) => `dist/${chunk}.js`),
  // The bundler's own runtime has no source besides.
  ...CHUNKS.filter((chunk) => chunk !== "rolldown-runtime").map((chunk) => `dist/${chunk}.js.map`)
]
