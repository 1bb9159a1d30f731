"""Two more judges of what is said about the embedded features: a line-up, and the model's own words.

    python further_judges.py answers.ndjson ... [--without-words] [--pool SEED ...]

line-up: is a feature nearest to what was said of it among the CANDIDATES whose decoder directions are nearest to its own,
itself among them? Features drawn by chance hide that two are nearly the same. Chance is 1 / CANDIDATES; the cosines are
those of judge.py, centred over what was said of all features.
words: the mean log-probability a token, under the model, of the held-out words at a feature's peaks after
`"<said>" is the definition of "`. AUC is the share of the other features of its selection whose words are less probable
there; centred takes off each word's mean over what was said of all features. Chance is 0.5 for both.

Reads answers (see answers.py) and prints a Markdown table. Takes the requirements of the training scripts as well.
"""
import argparse
import sys

import torch
import torch.nn.functional as F

from answers import held_out, read_groups
from intervals import cell, table
from judge import SAME, references
from selections import ROOT
from sentences import Sentences

MODEL = ROOT / "models/smollm2-135m-instruct"
sys.path.append(str(MODEL / "train"))
from peak_words import peak_word, read_features  # noqa: E402
from saelens import Sae  # noqa: E402
from smollm2 import BOS, load_model, load_tokenizer  # noqa: E402

CANDIDATES, WORDS = 10, 2                                       # WORDS: of each feature, the strongest distinct ones


class LineUp:
    """The features of one SAE, with where each fires"""

    def __init__(self, hook, sentences):
        self.sentences, self.known = sentences, {}
        self.features = read_features(hook)
        self.directions = F.normalize(Sae(MODEL / "saes" / hook).W_dec, dim=1)

    def reference(self, feature):
        """Where it fires, or None where too little is known of that"""
        if feature not in self.known:
            examples = self.features[feature]["examples"]
            firing = [{"word": peak_word(e), "text": "".join(e["tokens"])} for e in examples]
            self.known[feature] = references(self.sentences, [{"firing": firing}])[0] if len(firing) > 1 else None
        return self.known[feature]

    def candidates(self, feature):
        order = (self.directions @ self.directions[feature]).argsort(descending=True).tolist()
        order = [feature] + [f for f in order if f != feature]
        return [f for f in order[:2 * CANDIDATES] if self.reference(f) is not None][:CANDIDATES]

    def accuracy(self, answers):
        """[N]: 1 where the right one of the candidates is nearest, a share where several are equally near"""
        said = self.sentences.embed([" ; ".join(dict.fromkeys(a["said"])) for a in answers])
        said = said - said.mean(0)
        shares = []
        for a, s in zip(answers, said):
            cosines = torch.stack([self.reference(f) for f in self.candidates(a["feature"])]) @ s
            nearest = cosines > cosines.max() - SAME
            shares.append(float(nearest[0]) / int(nearest.sum()))
        return shares


class Words:
    """How probable words are, to the model, after what was said"""

    def __init__(self):
        self.tokenizer, self.model = load_tokenizer(), load_model()

    def ids(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    @torch.inference_mode()
    def log_probabilities(self, said, words):
        """[words] the mean over each word's tokens, the words being ids; one pass, in which words do not see each other"""
        prompt = [BOS] + self.ids(f'"{said}" is the definition of "')
        ids, positions, groups = list(prompt), list(range(len(prompt))), [-1] * len(prompt)
        rows, goals, owners = [], [], []
        for w, word in enumerate(words):
            for i, token in enumerate(word):
                rows.append(len(prompt) - 1 if i == 0 else len(ids) - 1)
                goals.append(token)
                owners.append(w)
                if i + 1 < len(word):
                    ids.append(token)
                    positions.append(len(prompt) + i)
                    groups.append(w)
        group = torch.tensor(groups)
        sees = ((group[None] == group[:, None]) | (group[None] == -1)).tril()
        mask = torch.zeros(sees.shape).masked_fill(~sees, torch.finfo(torch.float32).min)[None, None]
        hidden = self.model.model(torch.tensor([ids]), position_ids=torch.tensor([positions]), attention_mask=mask,
                                  use_cache=False).last_hidden_state[0]
        used, place = torch.tensor(rows).unique(return_inverse=True)
        logs = self.model.lm_head(hidden[used]).log_softmax(1)[place, torch.tensor(goals)]
        owner = torch.tensor(owners)
        return torch.zeros(len(words)).index_add_(0, owner, logs) / owner.bincount(minlength=len(words))

    def auc(self, answers):
        """-> [N] as it is, [N] centred"""
        words, of = [], []
        for n, a in enumerate(answers):
            distinct = {}
            for f in held_out(a):
                if f["word"].strip():
                    distinct.setdefault(f["word"].lower(), f["word"])
            strongest = list(distinct.values())[:WORDS]
            words += [self.ids(w) for w in strongest]
            of += [n] * len(strongest)
        of = torch.tensor(of)
        count = of.bincount(minlength=len(answers))
        by_word = torch.stack([self.log_probabilities("; ".join(dict.fromkeys(a["said"])), words) for a in answers])
        means = torch.zeros(len(answers), len(answers)).index_add_(1, of, by_word) / count
        usable = count > 0
        means = means[usable][:, usable]
        return diagonal_above(means), diagonal_above(means - means.mean(0))


def diagonal_above(matrix):
    """[N]: the share of each row's other entries that are below its diagonal one; equals count half"""
    difference = matrix.diag()[:, None] - matrix
    above = (difference > SAME).sum(1) + ((difference.abs() <= SAME).sum(1) - 1) / 2
    return (above / (len(matrix) - 1)).tolist()


def main():
    a = argparse.ArgumentParser()
    a.add_argument("files", nargs="+")
    a.add_argument("--without-words", action="store_true", help="only the line-up, which takes no time")
    a.add_argument("--pool", type=int, nargs="*", default=[11, 12, 13], metavar="SEED")
    a = a.parse_args()
    torch.set_num_threads(1)
    sentences, line_ups, pooled, rows = Sentences(), {}, {}, []
    words = None if a.without_words else Words()
    for g in read_groups(a.files):
        if g.hook not in line_ups:
            line_ups[g.hook] = LineUp(g.hook, sentences)
        measured = [line_ups[g.hook].accuracy(g.answers), *(words.auc(g.answers) if words else ([], []))]
        rows.append([g.hook, g.method, g.seed, len(g.answers), *map(cell, measured)])
        print(*rows[-1], file=sys.stderr, flush=True)
        if g.seed in a.pool:
            pooled.setdefault((g.hook, g.method), []).append(measured)
    for (hook, method), parts in pooled.items():
        if len(parts) > 1:
            joined = [sum(p, []) for p in zip(*parts)]
            rows.append([hook, method, "all", len(joined[0]), *map(cell, joined)])
    print(table(["hook", "method", "seed", "features", f"line-up of {CANDIDATES}", "AUC of words", "centred"], rows))


if __name__ == "__main__":
    main()
