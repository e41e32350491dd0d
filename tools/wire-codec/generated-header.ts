/** What generated files begin with. */
export function generatedHeader(file: string): string {
  return `// ${file}: generated from the descriptors of proto/ by tools/wire-codec. Do not edit: run 'npm run proto:generate'.\n`;
}
