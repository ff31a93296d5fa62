// Draws diagrams. A line of JSON in: {"with": "mermaid" or "dot", "text": the diagram}. A line of
// JSON out: the labels in the drawing, {"nodes": [text], "edges": [text]}, or {"error": text}.
import { createInterface } from "node:readline";

import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { JSDOM } from "jsdom";

// Mermaid wants a browser, and gets as much of one as it needs.
const { window } = new JSDOM("", { pretendToBeVisual: true });
const parts = ["document", "getComputedStyle", "CSSStyleSheet", "DOMParser", "Element",
  "HTMLElement", "MutationObserver", "Node", "SVGElement", "XMLSerializer"];
globalThis.window = window;
for (const part of parts) globalThis[part] = window[part];

// Nothing is laid out in it: a text is as wide as it has characters.
const width = (element) => 8 * (element.textContent ?? "").length;
window.SVGElement.prototype.getBBox = function () {
  return { x: 0, y: 0, width: width(this) + 8, height: 20 };
};
window.SVGElement.prototype.getComputedTextLength = function () {
  return width(this);
};

const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", logLevel: "fatal" });
const graphviz = await Graphviz.load();

const lines = (element) =>
  [...element.childNodes]
    .map((child) => (child.nodeName === "BR" ? "\n" : lines(child) || child.nodeValue || ""))
    .join("");

const drawn = {
  async mermaid(text) {
    await mermaid.parse(text);
    const { svg } = await mermaid.render("drawn", text);
    const page = new DOMParser().parseFromString(svg, "text/html");
    const labels = (where) => [...page.querySelectorAll(where)].map(lines);
    return { nodes: labels(".nodeLabel p"), edges: labels(".edgeLabel p") };
  },
  async dot(text) {
    const svg = graphviz.layout(text, "svg", "dot");
    const page = new DOMParser().parseFromString(svg, "image/svg+xml");
    const labels = (where) =>
      [...page.querySelectorAll(where)]
        .map((one) => [...one.querySelectorAll("text")].map((line) => line.textContent).join("\n"))
        .map((label) => label.replaceAll("\u00a0", " "))
        .filter((label) => label);
    return { nodes: labels("g.node"), edges: labels("g.edge") };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = await drawn[asked.with](asked.text);
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
