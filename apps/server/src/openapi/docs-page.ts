import type { OpenApiDocument, Operation } from "./document.ts";

/** The document as a page to browse: no script, nothing from elsewhere, every schema and operation an address of its own. */
export function docsPage(document: OpenApiDocument): string {
  const byTag = (tag: string) =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, operation]) => operation.tags.includes(tag))
        .map(([method, operation]) => ({ path, method, operation })),
    );
  const groups = document.tags.map((tag) => ({ ...tag, operations: byTag(tag.name) }));
  const { title, description } = document.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} API</title><style>${style}</style></head><body>
<nav aria-label="Contents"><h2>Contents</h2>
${groups.map(({ name }) => `<a href="#tag-${escaped(name)}">${escaped(name)}</a>`).join("\n")}
<a href="#schemas">schemas</a><a href="openapi.json">openapi.json</a></nav>
<main><h1>${escaped(title)} API</h1><p>${prose(description)}</p>
${groups.map(({ name, description: about, operations }) => `<section id="tag-${escaped(name)}"><h2>${escaped(name)}</h2><p>${prose(about)}</p>${operations.map(operationHtml).join("\n")}</section>`).join("\n")}
<section id="schemas"><h2>schemas</h2>
${Object.entries(document.components.schemas)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([name, schema]) => `<h3 id="schema-${escaped(name)}">${escaped(name)}</h3>${schemaHtml(schema)}`)
  .join("\n")}
</section></main></body></html>`;
}

function operationHtml(of: { readonly path: string; readonly method: string; readonly operation: Operation }): string {
  const { path, method, operation } = of;
  const parameters = operation.parameters.filter((parameter) => !("$ref" in parameter));
  return `<details id="${escaped(operation.operationId)}"><summary><b class="${escaped(method)}">${escaped(method.toUpperCase())}</b> <code>${escaped(path)}</code> ${escaped(operation.summary ?? "")}</summary>
<p>${prose(operation.description)}</p>
${parameters.length === 0 ? "" : `<h4>Parameters</h4><table>${parameters.map((parameter) => row(`${String(parameter["name"])} (${String(parameter["in"])})`, parameter["required"] === true, parameter["schema"], parameter["description"])).join("")}</table>`}
${operation.requestBody === undefined ? "" : `<h4>Body</h4>${contentHtml(operation.requestBody)}`}
<h4>Answers</h4><dl>${Object.entries(operation.responses)
    .map(
      ([status, answer]) =>
        `<dt>${escaped(status)}</dt><dd>${prose(String(answer["description"]))} ${contentHtml(answer)}</dd>`,
    )
    .join("")}</dl></details>`;
}

function contentHtml(holder: Record<string, unknown>): string {
  const content = (holder["content"] ?? {}) as Record<string, { readonly schema?: unknown }>;
  return Object.values(content)
    .map(({ schema }) => schemaHtml(schema))
    .join("");
}

/** A reference as a link, an object as a table of its members, anything else as a line. */
function schemaHtml(schema: unknown): string {
  const { properties, required } = (schema ?? {}) as {
    readonly properties?: Record<string, unknown>;
    readonly required?: readonly string[];
  };
  if (properties === undefined) return typeHtml(schema);
  const rows = Object.entries(properties).map(([name, member]) => {
    const { description } = (member ?? {}) as { readonly description?: unknown };
    return row(name, required?.includes(name) === true, member, description);
  });
  return `<table>${rows.join("")}</table>`;
}

function row(name: string, required: boolean, schema: unknown, description: unknown): string {
  return `<tr><th scope="row"><code>${escaped(name)}</code>${required ? "" : " <small>optional</small>"}</th><td>${typeHtml(schema)}</td><td>${prose(typeof description === "string" ? description : "")}</td></tr>`;
}

const limits = ["format", "default", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"];

function typeHtml(schema: unknown): string {
  if (schema === null || typeof schema !== "object") return "";
  const of = schema as Record<string, unknown>;
  if (typeof of["$ref"] === "string") {
    const name = of["$ref"].split("/").at(-1) ?? "";
    return `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`;
  }
  if (Array.isArray(of["enum"]))
    return of["enum"].map((value) => `<code>${escaped(JSON.stringify(value))}</code>`).join(" ");
  if ("const" in of) return `<code>${escaped(JSON.stringify(of["const"]))}</code>`;
  for (const [keyword, word] of [
    ["anyOf", " or "],
    ["allOf", " and "],
  ] as const) {
    const parts = of[keyword];
    if (Array.isArray(parts)) return parts.map((part) => schemaHtml(part)).join(word);
  }
  if (of["type"] === "array") return `list of ${schemaHtml(of["items"])} ${limitsHtml(of)}`;
  if (of["properties"] !== undefined) return schemaHtml(of);
  return `${escaped(String(of["type"] ?? "anything"))} ${limitsHtml(of)}`;
}

function limitsHtml(schema: Record<string, unknown>): string {
  const stated = limits.filter((name) => name in schema).map((name) => `${name} ${String(schema[name])}`);
  return stated.length === 0 ? "" : `<small>${escaped(stated.join(", "))}</small>`;
}

/** Text with \`code\` in it. */
function prose(text: string): string {
  return escaped(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;display:grid;grid-template-columns:12rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;box-sizing:border-box;border-right:1px solid #8886}
nav a{display:block}nav h2{font-size:1rem;margin:0}
main{padding:1rem 2rem;max-width:72rem}
details{border:1px solid #8886;border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-top:1px solid #8884}
th{font-weight:normal;width:16rem}dt{font-weight:bold}small{opacity:.8}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}}
`;
