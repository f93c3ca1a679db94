/**
 * The prompt `did_my_upload_work`: the steps from a source's name to an answer.
 */
import { completable, type McpServer } from "@modelcontextprotocol/server"
// The SDK completes a prompt's arguments only if zod describes them.
import * as z from "zod/v4"
import { plainText } from "@sailpoint-bulk-upload/core/workspace"
import type { Services } from "../handlers/Runtime.ts"
import { completeSource } from "../mcp/completeSource.ts"
import { toProtocolError } from "../mcp/Failure.ts"
import type { Adapter } from "../mcp/ToolResult.ts"

/** The longest name that the library returns. */
const MAX_SOURCE = 200

export const make = (adapter: Adapter<Services>): ((server: McpServer) => void) => {
  const config = {
    title: "Did my upload work?",
    description:
      "Finds out whether the newest bulk upload of non-employees (contractors) on a SailPoint source has worked, and what to do if not.",
    argsSchema: z.object({
      source: completable(
        z.string().trim().min(1).max(MAX_SOURCE).describe("Name or ID of the non-employee source."),
        // Users know sources by name; a source without a name needs its ID.
        completeSource(adapter, ({ name, sourceId }) => (name === "" ? sourceId : name))
      )
    })
  }
  return (server) => {
    server.registerPrompt("did_my_upload_work", config, ({ source }) => {
      if (adapter.refusal !== undefined) throw toProtocolError(adapter.refusal)
      // Normalizes a copied name to the form in the list of sources.
      const text = question(unquoted(plainText(source, MAX_SOURCE)))
      return { messages: [{ role: "user", content: { type: "text", text } }] }
    })
  }
}

/** Some clients split a prompt's text at spaces and keep quotation marks, sometimes only one of two. */
const unquoted = (text: string): string => text.replace(/^["'“”„‘’«» ]+|["'“”„‘’«» ]+$/gu, "") || text

/** Returns the prompt. The source is in JSON, so that any text stays one quoted line. */
const question = (source: string): string =>
  `Did my bulk upload on the SailPoint non-employee source ${JSON.stringify(source)} work? Find out like this:

1. That text can be cut off at a space, or carry a stray quotation mark: compare it with my own words. If it is an ID (32 hexadecimal digits, or a UUID with dashes), take it as it is. Otherwise call list_non_employee_sources with nameContains set to it, and take the sourceId of the source with exactly the name that I said. If there are only similar names, or several, ask me to confirm one before you answer for it; if there is none, say so and offer the names that there are.
2. Unless I said when I uploaded the file, ask me. In ISO 8601 with a time zone, that is uploadedAt; if I do not know, leave it out.
3. Call get_bulk_upload_status with that sourceId.
4. If the status is PENDING or IN_PROGRESS, or if I uploaded only minutes ago, say so and call wait_for_bulk_upload with the sourceId and uploadedAt, up to three times. If timedOut is still true then, tell me to ask again later.
5. If the status is ERROR, ask me for the first line of the CSV file, and for no other line, and call explain_bulk_upload with the sourceId, uploadedAt and, if I give it, csvHeader.
6. Tell me in plain words whether it worked, from meaning, nextStep and checks. SailPoint does not say which rows failed; do not make up a count or a reason.
7. The status is that of the newest upload SailPoint knows of. If it is null, or if you do not know when I uploaded, say that it can still change, and offer to check once more.

If a call fails, tell me its message and nextStep; call again only when retryable is true, and not before retryAfterSeconds. If a result has sandbox true, say that its data is made up.`
