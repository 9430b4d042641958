/** Text in drawings. */

/** Fonts of all text; PNGs are drawn with the first. */
export const fontFamily = "Roboto, Helvetica, Arial, sans-serif";

/** Advance widths of the characters 32 to 126 in Roboto, thousandths of the font size. */
const widths = [
  ...[248, 258, 320, 616, 562, 732, 622, 175, 342, 348, 431, 567, 197, 276, 264, 413],
  ...[562, 562, 562, 562, 562, 562, 562, 562, 562, 562, 242, 211, 508, 549, 523, 473],
  ...[898, 652, 623, 651, 656, 568, 553, 681, 713, 272, 552, 627, 539, 873, 713, 688],
  ...[631, 688, 616, 594, 597, 648, 637, 887, 627, 601, 599, 265, 411, 265, 418, 451],
  ...[309, 544, 562, 523, 564, 530, 348, 562, 551, 243, 239, 507, 243, 877, 552, 570],
  ...[562, 568, 339, 516, 327, 551, 484, 751, 496, 473, 496, 338, 244, 338, 680],
];

/** Width of a line of text, pixels. */
export function textWidth(text: string, fontSize: number): number {
  let sum = 0;
  for (const character of text) sum += widths[character.codePointAt(0)! - 32] ?? 600;
  return sum * fontSize / 1000;
}

/** Text that fits into a width, cut and with an ellipsis if need be. */
export function fitText(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  const characters = [...text];
  while (characters.length && textWidth(`${characters.join("")}…`, fontSize) > width) {
    characters.pop();
  }
  return `${characters.join("").trimEnd()}…`;
}

/** Text as it stands in XML and HTML. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
