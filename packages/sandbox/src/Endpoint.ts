/**
 * The endpoints of the sandbox: which method and path is which.
 *
 * @since 0.1.0
 */

/**
 * What a request asks for.
 *
 * @category models
 * @since 0.1.0
 */
export type Endpoint =
  | "token"
  | "status"
  | "upload"
  | "sources"
  | "source"
  | "schemaAttributes"
  | "schemaTemplate"
  | "records"
  | "search"

/**
 * A request that was understood, or the status that says why not.
 *
 * @internal
 */
export type Match =
  | {
      readonly endpoint: Endpoint
      /** The API version, and the ID in the path; empty where the path has none. */
      readonly version: string
      readonly id: string
    }
  | { readonly endpoint?: never; readonly status: 404 | 405; readonly allow?: string }

/** The path of a resource: the version comes first, or, in the version per resource, after its name. */
const resource = (name: string, rest = "") =>
  new RegExp(`^/(?:(?<yearly>v2024|v2025|v2026|v3|beta)/${name}|${name}/(?<perResource>v1))${rest}$`, "u")

const source = (rest = "") => resource("non-employee-sources", `/(?<id>[^/]+)${rest}`)

const routes: ReadonlyArray<readonly [Endpoint, method: "GET" | "POST", path: RegExp]> = [
  ["token", "POST", /^\/oauth\/token$/u],
  ["sources", "GET", resource("non-employee-sources")],
  ["source", "GET", source()],
  ["upload", "POST", source("/non-employee-bulk-upload")],
  ["status", "GET", source("/non-employee-bulk-upload/status")],
  ["schemaAttributes", "GET", source("/schema-attributes")],
  ["schemaTemplate", "GET", source("/schema-attributes-template/download")],
  ["records", "GET", resource("non-employee-records")],
  ["search", "POST", resource("search")]
]

/**
 * Which endpoint a request is for.
 *
 * @internal
 */
export const match = (method: string, path: string): Match => {
  for (const [endpoint, allow, pattern] of routes) {
    const groups = pattern.exec(path)?.groups
    if (groups === undefined && !pattern.test(path)) continue
    if (allow !== method) return { status: 405, allow }
    const { id = "", perResource = "", yearly } = groups ?? {}
    return { endpoint, version: yearly ?? perResource, id }
  }
  return { status: 404 }
}
