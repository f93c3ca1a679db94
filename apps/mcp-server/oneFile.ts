/**
 * One file out of many chunks: what every start runs as code, what only some starts need as compressed text that is
 * compiled when it is first imported. Node reads and parses all code of a file, so what lies idle in it as code would
 * cost every start of every assistant.
 */
import { brotliCompressSync } from "node:zlib"
import type { OutputChunk, Plugin } from "rolldown"

/** Finds what the entry imports without `import()`, directly or not: that belongs into one chunk. */
export const staticallyImported = (): {
  readonly plugin: Plugin
  readonly includes: (id: string) => boolean
} => {
  const found = new Set<string>()
  return {
    includes: (id) => found.has(id),
    plugin: {
      name: "statically-imported",
      buildEnd() {
        const follow = (id: string): void => {
          if (found.has(id)) return
          found.add(id)
          this.getModuleInfo(id)?.importedIds.forEach(follow)
        }
        for (const id of this.getModuleIds()) if (this.getModuleInfo(id)?.isEntry === true) follow(id)
      }
    }
  }
}

/** How a chunk of CommonJS names the others. */
const specifier = ({ fileName }: OutputChunk): string => `./${fileName}`

const compressed = ({ code }: OutputChunk): string => brotliCompressSync(code).toString("base64")

/**
 * An ES module that is the entry chunk, with the way of the others to it. Each text is in a function of its own: the
 * parser passes over it, and nothing is allocated for it before it is wanted.
 */
export const oneFile = (chunks: ReadonlyArray<OutputChunk>): string => {
  const [entry, ...others] = chunks.toSorted((a, b) => Number(b.isEntry) - Number(a.isEntry))
  if (entry === undefined || others.some(({ isEntry }) => isEntry)) throw new Error("There is not one entry.")
  const { hashbang, body } = /^(?<hashbang>#!.*\n)?(?<body>[^]*)$/u.exec(entry.code)?.groups ?? {}
  const texts = others.map((chunk) => `${JSON.stringify(specifier(chunk))}:()=>"${compressed(chunk)}"`)
  return inAscii(`${hashbang ?? ""}import{createRequire}from"node:module";
const exports={},require=(${LOADER})(createRequire(import.meta.url),import.meta,{${JSON.stringify(specifier(entry))}:exports},{
${texts.join(",\n")}
});
${body}`)
}

/**
 * A single character beyond Latin-1 makes V8 keep the whole source in two bytes per character, which takes it longer
 * to read and the process a megabyte more.
 */
const inAscii = (code: string): string =>
  code.replaceAll(/[^\0-\x7f]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
    ).join("")
  )

/** Loads a chunk the way Node itself loads a file of CommonJS: once, with what it requires. */
const LOADER = `(system,{filename,url},loaded,texts)=>function require(name){
if(Object.hasOwn(loaded,name))return loaded[name];
if(!Object.hasOwn(texts,name))return system(name);
const module={exports:loaded[name]={}};
const code=system("node:zlib").brotliDecompressSync(Buffer.from(texts[name](),"base64")).toString("utf8");
system("node:vm").compileFunction(code,["module","exports","require","__filename"],{filename:url+"?"+name.slice(2)})(module,module.exports,require,filename);
return loaded[name]=module.exports}`
