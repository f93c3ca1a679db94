/**
 * The site: the documents, and the reference of every public export, which TypeDoc makes from the docstrings. TypeDoc
 * reads the sources with a separate TypeScript, because it does not support the project's version yet.
 */
import { glob, readFile } from "node:fs/promises"
import { basename, dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import {
  Application,
  type DocumentReflection,
  Logger,
  LogLevel,
  PageEvent,
  type ProjectReflection,
  ReflectionKind,
  RendererEvent
} from "typedoc"
import ts from "typescript"
import * as Docstrings from "./Docstrings.ts"

const path = (fromHere: string): string => fileURLToPath(new URL(fromHere, import.meta.url))

const START = "../../README.md"

const LINK = /\]\(((?!https?:)[\w./-]+\.md)(?:#[^)]*)?\)/gu

/**
 * Every Markdown file that a page links, in the order of the links, so that no link leads to raw Markdown. The front page
 * is not among them.
 */
const pages = async (): Promise<ReadonlyArray<string>> => {
  const found = new Set([path(START)])
  for (const page of found) {
    const text = await readFile(page, "utf8")
    for (const [, link = ""] of text.matchAll(LINK)) found.add(resolve(dirname(page), link))
  }
  const others = await Array.fromAsync(glob("*.md", { cwd: path("../../") }))
  for (const page of others.toSorted()) found.add(path(`../../${page}`))
  return [...found].slice(1)
}

/** Builds the site into a folder and returns the problems with docstrings and links. */
export const build = async (out: string): Promise<ReadonlyArray<string>> => {
  markModuleComments()
  const app = await Application.bootstrapWithPlugins({
    name: "sailpoint-bulk-upload",
    readme: path(START),
    projectDocuments: [...(await pages())],
    highlightLanguages: [
      "bash",
      "css",
      "html",
      "javascript",
      "json",
      "toml",
      "typescript",
      "yaml",
      "powershell"
    ],
    entryPointStrategy: "packages",
    entryPoints: ["core", "sandbox"].map((name) => path(`../../../packages/${name}`)),
    packageOptions: {
      entryPoints: ["src/!(index|main).ts"],
      tsconfig: "tsconfig.src.json",
      excludeExternals: true,
      excludeInternal: true,
      disableSources: true,
      // Types are checked by the project's own TypeScript.
      skipErrorChecking: true,
      validation: { notDocumented: true, notExported: false },
      requiredToBeDocumented: ["Module", "Variable", "Function", "Class", "Interface", "TypeAlias"]
    },
    out,
    plugin: [],
    logLevel: "Warn",
    useFirstParagraphOfCommentAsSummary: true,
    categorizeByGroup: false,
    searchInComments: true,
    searchInDocuments: true,
    includeHierarchySummary: false,
    headings: { readme: false, document: false },
    navigation: { includeFolders: false, includeCategories: false },
    navigationLinks: {},
    // Host names in the documents are examples, not links.
    markdownItOptions: { html: true, linkify: false },
    favicon: path("../favicon.svg"),
    hideGenerator: true,
    customFooterHtml: "<p>MIT licensed. Not affiliated with SailPoint.</p>",
    customCss: path("../style.css"),
    validation: { invalidLink: true, invalidPath: true, notExported: false }
  })
  const problems: Array<string> = []
  app.logger = new Collected(problems)
  const project = await app.convert()
  if (project === undefined) return [...problems, "TypeDoc could not read the sources."]
  app.validate(project)
  problems.push(...Docstrings.problems(project))
  forgetBases(project)
  // TypeDoc derives the names of files before rendering; during rendering, pages show the titles.
  nameDocuments(project, fileName)
  app.renderer.on(RendererEvent.BEGIN, () => nameDocuments(project, title))
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = amended(page.contents ?? "")
  })
  await app.generateDocs(project, out)
  return problems
}

/** Collects TypeDoc's warnings and errors. */
class Collected extends Logger {
  readonly #problems: Array<string>
  constructor(problems: Array<string>) {
    super()
    this.#problems = problems
  }
  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.#problems.push(message)
  }
}

/** Marks the first comment of every file as its module's, which TypeDoc requires. */
const markModuleComments = (): void => {
  const { readFile } = ts.sys
  ts.sys.readFile = (file, encoding) =>
    readFile(file, encoding)?.replace(/^\/\*\*(?=\s)/u, "/** @packageDocumentation")
}

const nameDocuments = (project: ProjectReflection, name: (document: DocumentReflection) => string): void => {
  for (const document of project.documents ?? []) document.name = name(document)
}

const fileName = ({ name }: DocumentReflection): string => basename(name)

const title = ({ content: [first], name }: DocumentReflection): string =>
  (first?.text ?? "").match(/^# (.+)$/mu)?.[1] ?? name

const amended = (html: string): string =>
  html
    // A page opened as a file cannot load icons from another file; every page contains all of them.
    .replaceAll(/href="[^"]*icons\.svg#/gu, `href="#`)
    // A drawing cannot wrap, so it scrolls; tabindex makes it scroll by keyboard.
    .replaceAll(`<pre><code class="text">`, `<pre tabindex="0"><code class="text">`)
    .replaceAll(/<table>.*?<\/table>/gsu, `<div class="table" tabindex="0">$&</div>`)
    // Landmarks let a screen reader jump to the text.
    .replace(`<div class="col-content"`, `<div role="main" class="col-content"`)
    .replace(
      `<div class="col-sidebar"`,
      `<div role="complementary" aria-label="Contents" class="col-sidebar"`
    )

/** Removes the unnamed base classes that schemas and services create, because they mean nothing to a reader. */
const forgetBases = (project: ProjectReflection): void => {
  for (const constructor of project.getReflectionsByKind(ReflectionKind.Constructor)) {
    project.removeReflection(constructor)
  }
  for (const reflection of Object.values(project.reflections)) {
    if (!reflection.isDeclaration() && !reflection.isSignature()) continue
    delete reflection.inheritedFrom
    delete reflection.overwrites
    if (!reflection.isDeclaration()) continue
    delete reflection.typeHierarchy
    reflection.groups = (reflection.groups ?? []).filter(({ title }) => title !== "Constructors")
  }
}
