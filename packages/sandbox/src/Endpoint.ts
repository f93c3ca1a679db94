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
export type Endpoint = "token" | "status" | "upload" | "sources"

/**
 * A request that was understood, or the status that says why not.
 *
 * @internal
 */
export type Match =
  | { readonly endpoint: "token" }
  | { readonly endpoint: "sources"; readonly version: string }
  | { readonly endpoint: "status" | "upload"; readonly version: string; readonly id: string }
  | { readonly endpoint?: never; readonly status: 404 | 405; readonly allow?: string }

const sources =
  "^/(?:(?<yearly>v2024|v2025|v2026|v3|beta)/non-employee-sources|non-employee-sources/(?<perResource>v1))"

const routes: ReadonlyArray<{
  readonly endpoint: Endpoint
  readonly method: string
  readonly path: RegExp
}> = [
  { endpoint: "token", method: "POST", path: /^\/oauth\/token$/u },
  { endpoint: "sources", method: "GET", path: new RegExp(`${sources}$`, "u") },
  {
    endpoint: "upload",
    method: "POST",
    path: new RegExp(`${sources}/(?<id>[^/]+)/non-employee-bulk-upload$`, "u")
  },
  {
    endpoint: "status",
    method: "GET",
    path: new RegExp(`${sources}/(?<id>[^/]+)/non-employee-bulk-upload/status$`, "u")
  }
]

/**
 * Which endpoint a request is for.
 *
 * @internal
 */
export const match = (method: string, path: string): Match => {
  for (const route of routes) {
    const groups = route.path.exec(path)
    if (groups === null) continue
    if (route.method !== method) return { status: 405, allow: route.method }
    const { id = "", perResource = "", yearly } = groups.groups ?? {}
    const version = yearly ?? perResource
    if (route.endpoint === "token") return { endpoint: "token" }
    return route.endpoint === "sources"
      ? { endpoint: "sources", version }
      : { endpoint: route.endpoint, version, id }
  }
  return { status: 404 }
}
