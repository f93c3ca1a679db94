const PROXIES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]

/**
 * Returns the variable that names a proxy, if Node would use that proxy for the URL but is not configured to
 * (https://nodejs.org/api/cli.html#node_use_env_proxy1).
 */
export const unusedProxy = (
  env: Readonly<Record<string, string | undefined>>,
  execArgv: ReadonlyArray<string>,
  url: URL
): string | undefined => {
  const options = [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/u)]
  const used =
    env["NODE_USE_ENV_PROXY"] === "1" ||
    // Node accepts either spelling.
    options.some((option) => option.replaceAll("_", "-") === "--use-env-proxy")
  return used || isDirect(url, env["no_proxy"] ?? env["NO_PROXY"] ?? "")
    ? undefined
    : PROXIES.find((name) => (env[name] ?? "") !== "")
}

/** Whether the URL's host, or a domain above it, is in a list as Node's fetch reads it. */
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
