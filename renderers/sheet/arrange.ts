/** Arranges panels beside and below each other. */
import type { Item, Panel } from './scene.js';

/** Items moved to the right and down. */
export function moved(items: readonly Item[], right: number, down: number): Item[] {
  return items.map((item) => {
    if ('x' in item) return { ...item, x: item.x + right, y: item.y + down };
    const { x0, y0, x1, y1 } = item;
    return { ...item, x0: x0 + right, y0: y0 + down, x1: x1 + right, y1: y1 + down };
  });
}

/** One below the other. */
export function stacked(panels: readonly Panel[], gap: number): Panel {
  const items: Item[] = [];
  let y = 0;
  for (const panel of panels) {
    items.push(...moved(panel.items, 0, y));
    y += panel.height + gap;
  }
  return { width: Math.max(...panels.map(({ width }) => width)), height: y - gap, items };
}

/** Side by side, their tops in line. */
export function beside(panels: readonly Panel[], gap: number): Panel {
  const items: Item[] = [];
  let x = 0;
  for (const panel of panels) {
    items.push(...moved(panel.items, x, 0));
    x += panel.width + gap;
  }
  return { width: x - gap, height: Math.max(...panels.map(({ height }) => height)), items };
}
