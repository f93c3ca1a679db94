/**
 * One file out of many chunks, each as compressed text that is compiled when it is first imported: node-redis, the HTTP
 * server, the sandbox or the exporters are parsed by the starts that use them, the entry by all.
 */
import { constants, zstdCompressSync } from "node:zlib"
import type { ModuleInfo, OutputChunk, Plugin } from "rolldown"

/** Finds what a module imports without `import()`, directly or not: that belongs into one chunk. */
export const staticallyImported = (
  isRoot: (module: ModuleInfo) => boolean
): {
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
        for (const id of this.getModuleIds()) {
          const module = this.getModuleInfo(id)
          if (module !== null && isRoot(module)) follow(id)
        }
      }
    }
  }
}

/** How a chunk of CommonJS names the others. */
const specifier = ({ fileName }: OutputChunk): string => `./${fileName}`

/** Strict, as the modules are that it was made of. */
const compressed = ({ code }: OutputChunk): string =>
  zstdCompressSync(inAscii(`"use strict";${code.replace(HASHBANG, "")}`), {
    params: { [constants.ZSTD_c_compressionLevel]: 22 }
  }).toString("base64")

const HASHBANG = /^#!.*\n/u

/**
 * A single character beyond Latin-1 makes V8 keep a whole source in two bytes per character, which takes it longer
 * to read and the process a megabyte more.
 */
const inAscii = (code: string): string =>
  code.replaceAll(/[^\0-\x7f]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`
    ).join("")
  )

/**
 * A file of CommonJS that runs the prologue and loads the entry: Node reads one with less ado than an ES module. Each
 * text is a comment in a function of its own, and the function's source is where it is read from: comments are what
 * the parser is fastest to pass over, and V8 keeps the source anyway, whatever becomes of the file meanwhile.
 */
export const oneFile = (prologue: string, chunks: ReadonlyArray<OutputChunk>): string => {
  const [entry, ...others] = chunks.filter(({ isEntry }) => isEntry)
  if (entry === undefined || others.length > 0) throw new Error("There is not one entry.")
  const texts = chunks.map(
    (chunk) => `${JSON.stringify(specifier(chunk))}:${BEFORE}${compressed(chunk)}${AFTER}`
  )
  return `${HASHBANG.exec(entry.code)?.[0] ?? ""}"use strict";${prologue.trim()};
(${LOADER})(require,__filename,{},{
${texts.join(",\n")}
})(${JSON.stringify(specifier(entry))});
`
}

/** What is around a text. In base64 no comment ends. */
const BEFORE = "()=>{/*"
const AFTER = "*/}"

/** In bytes, more than the entry has: by itself Node unpacks 16 kB at a time, and puts them together. */
const UNPACKED_AT_ONCE = 1024 * 1024

/**
 * Loads a chunk the way Node itself loads a file of CommonJS: once, with what it requires, and from Node's compile
 * cache where that is switched on, as if it were a file in a folder that is called as this file is.
 */
const LOADER = `(system,filename,loaded,texts)=>function require(name){
if(Object.hasOwn(loaded,name))return loaded[name].exports;
if(!Object.hasOwn(texts,name))return system(name);
const{Module}=system("node:module");
const module=loaded[name]=new Module(filename+name.slice(1));
module.require=require;
module._compile(system("node:zlib").zstdDecompressSync(Buffer.from(String(texts[name]).slice(${BEFORE.length},-${AFTER.length}),"base64"),{chunkSize:${UNPACKED_AT_ONCE}}).toString("latin1"),module.id,"commonjs");
return module.exports}`
