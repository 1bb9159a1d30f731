/** Puts the panels together: head, summary, tree and token list beside or below, whichever suits a chat, then examples. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { evidencePanel } from '../panels/evidence.js';
import { footerPanel } from '../panels/footer.js';
import { headerPanel } from '../panels/header.js';
import { summaryPanel } from '../panels/summary.js';
import { featureList, tokenColumn, tokenListHeight, tokensPanel } from '../panels/tokens.js';
import { featureLook, treePanel } from '../panels/tree.js';
import type { Scene } from '../sheet/scene.js';
import { shades } from '../sheet/shadedText.js';
import type { Theme } from '../sheet/theme.js';
import type { Ruler } from '../sheet/typeset.js';
import type { Definition } from '../text/definitions.js';
import type { FittedTree } from '../tree/fit.js';

/** The large type stays 14 px high in a thumbnail 500 px wide. */
const THUMBNAIL_SHARE = 36;
const NARROWEST = 1_400; // pixels inside the margins
const WANTED_SHAPE = 1.3; // width / height
const MARGIN = 40;
const GAP = 36;
const GUTTER = 22;

interface Arrangement {
  width: number;
  beside: boolean;
  columns: number;
}

export function compose(
  report: FeatureReport,
  fitted: FittedTree,
  definitions: readonly Definition[],
  theme: Theme,
  ruler: Ruler,
): Scene {
  const { width, beside, columns } = arrange(fitted, report.tokens.length, tokenColumn(report));
  const unit = Math.min(80, Math.max(38, Math.round((width + 2 * MARGIN) / THUMBNAIL_SHARE)));
  const highlighted = new Set(definitions.flatMap((definition) => definition.path));
  const header = headerPanel(report, fitted, theme, ruler, width, unit);
  const summary = summaryPanel(report, definitions, theme, ruler, width, unit);
  const tree = treePanel(fitted.layout, featureLook(highlighted, theme), theme);
  const listWidth = beside ? columns * (tokenColumn(report) + GUTTER) - GUTTER : width;
  const tokens = tokensPanel(featureList(report, theme), theme, ruler, listWidth, columns);
  const footer = footerPanel(report.tree.pruned, theme, ruler, width);
  const panels: Scene['panels'] = [];
  let y = MARGIN;
  const put = (panel: Scene['panels'][number]['panel'], x = MARGIN) => panels.push({ x, y, panel });
  put(header);
  y += header.height + GAP * 0.4;
  put(summary);
  y += summary.height + GAP;
  if (fitted.drawnNodes > 0) put(tree); // else the summary shows the candidates
  if (beside) {
    put(tokens, MARGIN + width - listWidth);
    y += Math.max(tree.height, tokens.height) + GAP;
  } else {
    y += tree.height + GAP;
    put(tokens);
    y += tokens.height + GAP;
  }
  if (report.evidence) {
    const evidence = evidencePanel(report.evidence, theme, ruler, width, unit);
    put(evidence);
    y += evidence.height + GAP;
  }
  put(footer);
  return {
    width: width + 2 * MARGIN,
    height: y + footer.height + MARGIN * 0.6,
    background: theme.background,
    exactColours: [...Object.values(theme), ...(report.evidence ? shades(theme) : [])],
    panels,
  };
}

/** The arrangement whose shape comes nearest to what chats show well. */
function arrange({ layout }: FittedTree, tokens: number, column: number): Arrangement {
  const candidates: (Arrangement & { misfit: number })[] = [];
  const add = (width: number, height: number, beside: boolean, columns: number) => {
    const whole = height + (0.45 * width) / 1.2; // head and summary grow with the width
    const used = layout.width * layout.height + tokens * column * 29;
    const emptiness = 1 - Math.min(1, used / (width * height));
    candidates.push({
      width,
      beside,
      columns,
      misfit: Math.abs(Math.log(width / whole / WANTED_SHAPE)) + emptiness,
    });
  };
  for (let columns = 1; columns <= 5; columns++) {
    const width = Math.max(NARROWEST, layout.width + 2 * GAP + columns * (column + GUTTER));
    add(width, Math.max(layout.height, tokenListHeight(tokens, columns)), true, columns);
  }
  const width = Math.max(NARROWEST, layout.width);
  const columns = Math.max(1, Math.floor((width + GUTTER) / (column + GUTTER)));
  add(width, layout.height + GAP + tokenListHeight(tokens, columns), false, columns);
  return candidates.reduce((best, candidate) => (candidate.misfit < best.misfit ? candidate : best));
}
