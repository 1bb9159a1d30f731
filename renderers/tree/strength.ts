/** How a cumulative probability looks: thickness of the branch and size of its label, in pixels. */

export interface StrengthScale {
  /** Width of the branch's line. */
  thickness(cumulative: number): number;
  /** Font size of the label. */
  fontSize(cumulative: number): number;
  /** Free space between two rows. */
  rowGap: number;
}

const THINNEST = 1.5;
const THICKEST = 20;
const SMALLEST_TYPE = 16;
/** A small tree has room for larger type. */
const FEW_NODES = 80;
const SMALLEST_TYPE_OF_FEW = 20;
/** In a tree of many nodes rows are closer, which is still legible at full size. */
const MANY_NODES = 250;
const SMALLEST_TYPE_OF_MANY = 12;
const LARGEST_TYPE_OF_MANY = 26;
const LARGEST_TYPE = 32;

/**
 * The original's curve, 1 + 32 * ((log p - log pmin) / (log pmax - log pmin))^2.5, made thinner so that a
 * branch never hides its neighbour's label. pmax is the strongest branch below the root.
 */
export function strengthScale(weakest: number, strongest: number, nodes: number): StrengthScale {
  const low = Math.log(Math.max(weakest, 1e-12));
  const span = Math.max(Math.log(Math.max(strongest, 1e-12)) - low, 1e-9);
  const share = (cumulative: number) =>
    weakest === strongest
      ? 0.6
      : Math.min(1, Math.max(0, (Math.log(Math.max(cumulative, 1e-12)) - low) / span));
  const smallest =
    nodes > MANY_NODES ? SMALLEST_TYPE_OF_MANY : nodes <= FEW_NODES ? SMALLEST_TYPE_OF_FEW : SMALLEST_TYPE;
  const largest = nodes > MANY_NODES ? LARGEST_TYPE_OF_MANY : LARGEST_TYPE;
  return {
    rowGap: nodes > MANY_NODES ? 2 : nodes <= FEW_NODES ? 8 : 4,
    thickness: (cumulative) => THINNEST + (THICKEST - THINNEST) * share(cumulative) ** 2.5,
    fontSize: (cumulative) => Math.round(smallest + (largest - smallest) * share(cumulative) ** 2),
  };
}
