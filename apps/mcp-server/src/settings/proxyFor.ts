import type { Env } from "./Environment.ts"

/** If no proxy is set for https, Node uses the one for http. */
const OF_HTTP = ["http_proxy", "HTTP_PROXY"]
const PROXIES = ["https_proxy", "HTTPS_PROXY", ...OF_HTTP]

/**
 * Returns the variable that names the proxy for the URL, if any, and whether Node is configured to use it
 * (https://nodejs.org/api/cli.html#node_use_env_proxy1).
 */
export const proxyFor = (env: Env, execArgv: ReadonlyArray<string>, url: URL) => {
  const options = [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/u)]
  const isUsed =
    env["NODE_USE_ENV_PROXY"] === "1" ||
    // Node accepts either spelling.
    options.some((option) => option.replaceAll("_", "-") === "--use-env-proxy")
  const names = isUsed && url.protocol === "http:" ? OF_HTTP : PROXIES
  const variable = names.find((name) => (env[name] ?? "") !== "")
  return variable === undefined || isDirect(url, env["no_proxy"] ?? env["NO_PROXY"] ?? "")
    ? undefined
    : { variable, isUsed }
}

/** Returns whether the URL's host, or a domain above it, is in the list. Reads the list as Node's fetch does. */
const isDirect = ({ hostname, port, protocol }: URL, noProxy: string): boolean => {
  const ownPort = port || (protocol === "https:" ? "443" : "80")
  return (
    noProxy === "*" ||
    noProxy.split(/[,\s]/u).some((entry) => {
      const [, domain = "", onPort = ownPort] = ENTRY.exec(entry.toLowerCase()) ?? []
      return domain !== "" && onPort === ownPort && `.${hostname}`.endsWith(`.${domain}`)
    })
  )
}

const ENTRY = /^(?:\*?\.)?(.*?)(?::(\d+))?$/u
