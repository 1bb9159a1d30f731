#!/usr/bin/python3
"""Rebuilds this folder's fonts and coverage.json. Needs fontTools (Debian: python3-fonttools).

usage: build.py NOTO_FOLDER DROID_FALLBACK_TTF NOTO_EMOJI_TTF

  NOTO_FOLDER         /usr/share/fonts/truetype/noto of Debian's fonts-noto-core 20201225
  DROID_FALLBACK_TTF  DroidSansFallback.ttf of Debian's fonts-droid-fallback (Han, kana, Hangul)
  NOTO_EMOJI_TTF      NotoEmoji_400Regular.ttf of npm's @expo-google-fonts/noto-emoji 0.4.7

Hinting is dropped (pictures are large and antialiased), everything else is kept, shaping tables above all.
coverage.json lists the fonts in order of preference with the code points each can draw, as base-36
numbers: gap since the last range's end, then the range's length. Private use is left out on purpose:
a private glyph says nothing to a reader, its code does.
"""
import json
import os
import sys
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = os.path.dirname(os.path.abspath(__file__))
# Too heavy for what tokenizers hold of them, or a doublet of another file.
LEFT_OUT = ('SignWriting', 'Display', 'Tifinagh', 'AdlamUnjoined', 'IndicSiyaqNumbers', 'Cuneiform', 'Egyptian', 'Anatolian',
            'Grantha', 'Bhaiksuki', 'Newa', 'Siddham', 'Marchen', 'Nushu', 'Sogdian', 'Soyombo', 'Tirhuta', 'Kaithi',
            'GunjalaGondi', 'LinearA', 'Modi', 'Manichaean', 'Sharada', 'Khojki', 'Duployan', 'PsalterPahlavi')
KEPT_AFTER_ALL = ('NotoSansTifinagh-Regular.ttf',)
SERIF_ONLY = ('Ahom', 'Dogra', 'NyiakengPuachueHmong', 'Tibetan', 'Yezidi')
AFTER_SCRIPTS = ('NotoSansSymbols-Regular.ttf', 'NotoSansSymbols2-Regular.ttf', 'NotoSansMath-Regular.ttf')


def slim(source, target):
    options = subset.Options(hinting=False, layout_features=['*'], name_IDs=['*'], notdef_outline=True, glyph_names=False)
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap().keys())
    subsetter.subset(font)
    subset.save_font(font, target, options)


def base36(number):
    digits = ''
    while True:
        number, rest = divmod(number, 36)
        digits = '0123456789abcdefghijklmnopqrstuvwxyz'[rest] + digits
        if number == 0:
            return digits


def ranges(code_points):
    out, end, run = [], 0, []
    for code in sorted(code_points) + [None]:
        if run and code != run[-1] + 1:
            out += [base36(run[0] - end), base36(len(run))]
            end, run = run[-1] + 1, []
        run.append(code)
    return ' '.join(out)


def is_shown(code):
    private = 0xE000 <= code <= 0xF8FF or code >= 0xF0000
    return code >= 0x20 and not 0x7F <= code <= 0x9F and not private


def main(noto, droid, emoji):
    scripts = []
    for name in sorted(os.listdir(noto)):
        if not name.endswith('-Regular.ttf') or name in AFTER_SCRIPTS or name == 'NotoSans-Regular.ttf':
            continue
        sans = name.startswith('NotoSans') and not any(word in name for word in LEFT_OUT)
        serif = name in ['NotoSerif%s-Regular.ttf' % script for script in SERIF_ONLY]
        if sans or serif or name in KEPT_AFTER_ALL:
            scripts.append(name)
    paths = [os.path.join(noto, name) for name in ('NotoSans-Regular.ttf', *scripts)]
    paths += [emoji, *(os.path.join(noto, name) for name in AFTER_SCRIPTS), droid]
    fonts = []
    for path in paths:
        name = os.path.basename(path).replace('_400', '-')
        slim(path, os.path.join(HERE, name))
        cmap = TTFont(os.path.join(HERE, name)).getBestCmap()
        fonts.append({'file': name, 'covers': ranges([code for code in cmap if is_shown(code)])})
    slim(os.path.join(noto, 'NotoSans-Bold.ttf'), os.path.join(HERE, 'NotoSans-Bold.ttf'))
    with open(os.path.join(HERE, 'coverage.json'), 'w') as out:
        json.dump({'fonts': fonts}, out, indent=0)
        out.write('\n')


main(*sys.argv[1:])
