/** The endpoints of the sandbox, with their methods and paths. */

/** The endpoint of a request. */
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

/** A matched request, or the HTTP status for one that does not match. @internal */
export type Match =
  | {
      readonly endpoint: Endpoint
      /** The API version, and the ID in the path; empty if the path has none. */
      readonly version: string
      readonly id: string
    }
  | { readonly endpoint?: never; readonly status: 404 | 405; readonly allow?: string }

/** Returns the path of a resource: the version is first, or, for v1, after the name. */
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

/** Returns the endpoint of a request. @internal */
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
