// Checks the Kubernetes manifests on standard input (one YAML stream) against the API's schemas.
// Two looks at each object: the schema validator of its kind (values, formats, required fields), and the compiler
// against its type (unknown fields: a typo such as `readinesProbe` passes every schema without them).
// Prints one line an error; exits 1 when there is any.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const modules = process.argv[2];
const require = createRequire(join(modules, "package.json"));
const ts = require("typescript");
const { parseAllDocuments } = require("yaml");

const errors = [];
const objects = parseAllDocuments(readFileSync(0, "utf8"))
  .map((document) => {
    errors.push(...document.errors.map((error) => `YAML: ${error.message}`));
    return document.toJS();
  })
  .filter(Boolean);
if (objects.length === 0) errors.push("no object on standard input");

const imports = [];
const constants = [];
for (const [index, object] of objects.entries()) {
  const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
  const folderOfGroup = group ? `${group}/${version}` : version;
  const name = `${object.kind} ${object.metadata?.name}`;
  let model;
  try {
    model = (await import(join(modules, "node_modules/kubernetes-models", folderOfGroup, `${object.kind}.js`)))[object.kind];
  } catch {
    errors.push(`${name}: there is no kind ${object.kind} in ${object.apiVersion}`);
    continue;
  }
  try {
    new model(object).validate();
  } catch (error) {
    errors.push(`${name}: ${error.message}`);
  }
  imports.push(`import type { I${object.kind} as T${index} } from "kubernetes-models/${folderOfGroup}";`);
  constants.push(`export const o${index}: T${index} = ${JSON.stringify(object)};`);
}

const folder = mkdtempSync(join(tmpdir(), "k8s-schema-"));
try {
  symlinkSync(join(modules, "node_modules"), join(folder, "node_modules"));
  const file = join(folder, "manifests.ts");
  writeFileSync(file, [...imports, ...constants].join("\n"));
  const program = ts.createProgram([file], {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    types: [],
  });
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start).line ?? -1;
    const object = objects[Number(constants[line - imports.length]?.match(/^export const o(\d+)/)?.[1])];
    errors.push(`${object ? `${object.kind} ${object.metadata?.name}` : "?"}: ${text}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

for (const error of errors) console.error(error);
console.log(`${objects.length} objects, ${errors.length} errors`);
process.exit(errors.length === 0 ? 0 : 1);
