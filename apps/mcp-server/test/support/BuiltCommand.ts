/** The files of the build, which are the same in the tarball, the image and the MCP bundle. */

/** The names of the modules. */
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
  // The bundler's runtime has no source map.
  ...CHUNKS.filter((chunk) => chunk !== "rolldown-runtime").map((chunk) => `dist/${chunk}.js.map`)
]
