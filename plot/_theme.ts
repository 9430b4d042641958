/** The look of all charts. */
import { fontFamily } from "./_text.ts";

/**
 * Colours of series, from Okabe and Ito's set that the colour-blind tell apart
 * (https://jfly.uni-koeln.de/color), without its yellow, which is faint on white.
 */
export const palette = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#444444",
];

/** Font size of labels in charts and grids, pixels. */
export const labelSize = 12;

/** Font size of headings, pixels. */
export const titleSize = 15;

/** Colour of text. */
export const ink = "#222222";

/** Vega-Lite's configuration. */
export const config = {
  aria: false,
  background: "white",
  padding: 10,
  font: fontFamily,
  view: { stroke: null },
  title: {
    anchor: "start",
    color: ink,
    fontSize: titleSize,
    fontWeight: 500,
    offset: 10,
  },
  axis: {
    domainColor: "#8a8a8a",
    gridColor: "#e8e8e8",
    labelColor: "#444444",
    labelFlush: false,
    labelFontSize: labelSize,
    labelPadding: 5,
    tickColor: "#8a8a8a",
    tickSize: 4,
    titleColor: ink,
    titleFontSize: 13,
    titleFontWeight: 400,
    titlePadding: 10,
  },
  legend: {
    labelColor: ink,
    labelFontSize: labelSize,
    labelLimit: 0,
    gradientLabelOffset: 5,
    titleColor: ink,
    titleFontSize: labelSize,
    titleFontWeight: 400,
    symbolStrokeWidth: 2.5,
  },
};
