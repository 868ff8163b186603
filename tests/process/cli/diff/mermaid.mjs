// Parses each text of a JSON list on standard input with mermaid, and prints what kind of picture each is, or why it is none.
// Mermaid asks for a document when it starts; what it parses with needs none.
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

class Nothing {}
for (const name of ["Element", "Node", "NamedNodeMap", "HTMLFormElement", "DOMParser"]) globalThis[name] = Nothing;
globalThis.window = globalThis;
globalThis.addEventListener = () => {};
globalThis.NodeFilter = {};
globalThis.document = {
  nodeType: 9,
  addEventListener() {},
  createElement: () => ({}),
  implementation: { createHTMLDocument: () => ({}) },
};
runInThisContext(readFileSync(process.argv[2], "utf8"));
const kinds = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    kinds.push((await globalThis.mermaid.parse(text)).diagramType);
  } catch (error) {
    kinds.push(String(error));
  }
}
console.log(JSON.stringify(kinds));
