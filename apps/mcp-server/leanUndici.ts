/**
 * Leaves out of undici what this server never runs. It needs the agent and its requests: neither `fetch`, which Node has,
 * nor WebSocket, caches and mocks. Of the parsers for HTTP/1.1 one stays, which runs on every processor: a second one is
 * undici's experiment, and of the rest it takes another when one cannot be loaded.
 */
import type { Plugin } from "rolldown"

const INDEX = /[\\/]undici[\\/]index\.js$/u
const PARSERS = /[\\/]undici[\\/]lib[\\/](?:milo[\\/](?:no-)?simd|llhttp[\\/]llhttp_simd-wasm)\.js$/u

const AGENT = `
import Agent from "./lib/dispatcher/agent.js"
import request from "./lib/api/api-request.js"
Agent.prototype.request = request
export { Agent }
export default { Agent }
`

export const leanUndici = (): Plugin => ({
  name: "lean-undici",
  load(id) {
    if (INDEX.test(id)) return AGENT
    return PARSERS.test(id) ? `throw new Error("This parser was left out when the server was built.")` : null
  }
})
