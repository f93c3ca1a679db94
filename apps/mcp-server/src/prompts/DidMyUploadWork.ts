/**
 * The prompt `did_my_upload_work`: the way from a source's name to an answer, as a person would ask for it.
 */
import { completable, type McpServer } from "@modelcontextprotocol/server"
// The SDK completes arguments of prompts only where zod describes them.
import * as z from "zod/v4"
import { plainText } from "@sailpoint-bulk-upload/core/PlainText"
import type { Services } from "../handlers/Runtime.ts"
import { completeSource } from "../mcp/completeSource.ts"
import type { Adapter } from "../mcp/ToolResult.ts"

/** As long as a name can be that the library passes on. */
const MAX_SOURCE = 200

/** Gives what registers it with a server. */
export const make = (adapter: Adapter<Services>): ((server: McpServer) => void) => {
  const config = {
    title: "Did my upload work?",
    description:
      "Finds out whether the newest bulk upload of non-employees (contractors) on a SailPoint source has worked, and what to do if not.",
    argsSchema: z.object({
      source: completable(
        z.string().trim().min(1).max(MAX_SOURCE).describe("Name or id of the non-employee source."),
        // A person knows sources by name; one without a name can only be given by its id.
        completeSource(adapter, ({ name, sourceId }) => (name === "" ? sourceId : name))
      )
    })
  }
  return (server) => {
    server.registerPrompt("did_my_upload_work", config, ({ source }) => ({
      // A name as the list of sources tells it, whatever it was copied from.
      messages: [{ role: "user", content: { type: "text", text: question(plainText(source, MAX_SOURCE)) } }]
    }))
  }
}

/** In JSON, so that it stays one line in quotation marks whatever somebody typed. */
const question = (source: string): string =>
  `Did my bulk upload on the SailPoint non-employee source ${JSON.stringify(source)} work? Find out like this:

1. If that is an id (32 hexadecimal digits, or a UUID with dashes), take it as it is. Otherwise call list_non_employee_sources with nameContains set to it and take the sourceId of the source with exactly that name, or of the only one listed. If there are several, ask me which one I mean; if there is none, say so and offer the names that there are.
2. Call get_bulk_upload_status with that sourceId.
3. If the status is PENDING or IN_PROGRESS, say so and call wait_for_bulk_upload, up to three times. If it still runs then, tell me to ask again later.
4. Tell me in plain words whether it worked, from meaning and nextStep. SailPoint gives no counts, times or reasons: do not make any up.
5. The status is that of the newest upload SailPoint knows of. If it is null, or if I may have uploaded only moments ago, say that it can still change, and offer to check once more.

If a call fails, tell me its message and nextStep; call again only when retryable is true, and not before retryAfterSeconds. If a result has sandbox true, say that its data is made up.`
