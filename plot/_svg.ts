/** Changes to finished SVGs. */

/** A tag with its attributes, which may hold angle brackets. */
const tags = /<(?:[^>"]|"[^"]*")*>/g;

/** Gives the names in an SVG new names, in the order in which they are defined. */
export function renameIds(svg: string, name: (index: number) => string): string {
  const names = new Map<string, string>();
  for (const [tag] of svg.matchAll(tags)) {
    const id = /\sid="([^"]*)"/.exec(tag)?.[1];
    if (id !== undefined) names.set(id, name(names.size));
  }
  if (names.size === 0) return svg;
  return svg.replace(tags, (tag) =>
    tag.replace(
      /(\sid="|url\(#|href="#)([^")]+)/g,
      (_, start: string, id: string) => start + (names.get(id) ?? id),
    ));
}

/** Adds attributes to the outermost element. */
export function addAttributes(svg: string, attributes: string): string {
  return svg.replace(/^<svg /, `<svg ${attributes} `);
}
