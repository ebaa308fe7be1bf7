// Keeps two promises: every word on the screens comes from the catalogue, and only one file knows
// of the window's own calls.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "svelte/compiler";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));
const WINDOW_CALLS = join("carrier", "tauri.ts");
const SAID = new Set(["title", "placeholder", "aria-label", "aria-description", "alt", "label", "hint", "holding"]);
const LETTER = /\p{L}/u;
/** What a key is called is the same in every language. */
const KEY_NAME = /^(F\d{1,2}|Esc)$/;

const faults = [];

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

function fault(path, text, start, what) {
  const line = text.slice(0, start).split("\n").length;
  faults.push(`${relative(SOURCE, path)}:${line}: ${what}`);
}

function isWord(text) {
  return LETTER.test(text) && !KEY_NAME.test(text.trim());
}

/** Literal texts inside of an expression that is shown: "a" and x ? "a" : "b". */
function literals(node) {
  if (!node) return [];
  if (node.type === "Literal" && typeof node.value === "string") return [node];
  if (node.type === "TemplateLiteral") return node.quasis.map((quasi) => ({ ...quasi, value: quasi.value.cooked }));
  if (node.type === "ConditionalExpression") return [...literals(node.consequent), ...literals(node.alternate)];
  if (node.type === "LogicalExpression") return [...literals(node.left), ...literals(node.right)];
  if (node.type === "BinaryExpression" && node.operator === "+") return [...literals(node.left), ...literals(node.right)];
  return [];
}

function checkParts(parts, path, text, where) {
  for (const part of parts) {
    if (part.type === "Text" && isWord(part.data)) fault(path, text, part.start, `${where}: "${part.data.trim()}"`);
    if (part.type !== "ExpressionTag") continue;
    for (const literal of literals(part.expression)) {
      if (isWord(literal.value)) fault(path, text, part.start, `${where}: "${literal.value}"`);
    }
  }
}

function walk(node, path, text) {
  if (!node || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const one of node) walk(one, path, text);
    return;
  }
  if (node.type === "Fragment") checkParts(node.nodes, path, text, "words in markup");
  if (node.type === "Attribute" && SAID.has(node.name) && node.value !== true) {
    checkParts([node.value].flat(), path, text, `words in ${node.name}`);
  }
  for (const [key, value] of Object.entries(node)) {
    if (key !== "metadata" && key !== "parent") walk(value, path, text);
  }
}

for (const path of files(SOURCE)) {
  const text = readFileSync(path, "utf8");
  if (/\.(svelte|ts)$/.test(path) && !path.endsWith(WINDOW_CALLS) && text.includes("@tauri-apps")) {
    fault(path, text, text.indexOf("@tauri-apps"), "only carrier/tauri.ts knows of the window's own calls");
  }
  if (path.endsWith(".svelte")) walk(parse(text, { modern: true, filename: path }).fragment, path, text);
}

for (const line of faults) console.error(line);
if (faults.length > 0) process.exit(1);
console.log("every word comes from the catalogue");
