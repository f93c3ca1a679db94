/** Every generated section of the documents. */
import type { GeneratedSection } from "./GeneratedSection.ts"
import * as Clients from "./sections/Clients.ts"
import * as ExitCodes from "./sections/ExitCodes.ts"
import * as Errors from "./sections/Errors.ts"
import * as Settings from "./sections/Settings.ts"
import * as Tools from "./sections/Tools.ts"

export const sections: ReadonlyArray<GeneratedSection> = [
  { name: "errors", document: "docs/errors.md", content: Errors.content },
  { name: "clients", document: "docs/clients.md", content: Clients.content },
  { name: "standard", document: "README.md", content: Clients.standard },
  { name: "tools", document: "README.md", content: Tools.content },
  { name: "settings", document: "docs/configuration.md", content: Settings.content },
  { name: "exit-codes", document: "docs/terminal.md", content: ExitCodes.content },
  { name: "commands", document: "docs/configuration.md", content: Settings.commands }
]
