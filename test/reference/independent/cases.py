"""The options of /feature that fixtures are made for, as [(name, feature, options)]."""

DEFAULTS = {
    "weights": "encoder",
    "scale": "auto",
    "centroid": True,
    "pca": 0,
    "m": 1.4,
    "top": 5,
    "cutoff": 5e-5,
    "depth": 25,
    "nodes": 5000,
    "tokens": 100,
    "prompt": 'A typical definition of "{ghost}" would be "',
    "close": True,
}


def tiny_cases():
    """Every option at several values, for a model of some hundred tokens and 48 features."""
    cases = [
        ("the encoder's column", 0, {}),
        ("the decoder's row", 0, {"weights": "decoder"}),
        ("another feature", 7, {}),
        ("the last feature", 47, {"weights": "decoder"}),
        ("a hundred tokens", 13, {"tokens": 100}),
        ("more tokens than the vocabulary has", 13, {"tokens": 500, "depth": 1}),
        ("one token", 13, {"tokens": 1, "depth": 1}),
    ]
    cases += [(f"scale {scale}", 7, {"scale": scale}) for scale in (0.01, 0.5, 4, 100)]
    cases += [
        ("no offset", 7, {"centroid": False}),
        ("no offset, decoder, scale 8", 13, {"centroid": False, "weights": "decoder", "scale": 8}),
    ]
    cases += [(f"pca {pca}", 13, {"pca": pca}) for pca in (-1, -0.5, 0.3, 1)]
    cases += [("pca 0.5 without offset, decoder", 5, {"pca": 0.5, "centroid": False, "weights": "decoder"})]
    cases += [(f"m {m}", 3, {"m": m, "tokens": 60, "depth": 1}) for m in (0.1, 1, 5)]
    cases += [
        ("top 1", 0, {"top": 1, "cutoff": 1e-8}),
        ("top 3", 21, {"top": 3, "cutoff": 1e-3}),
        ("top 10", 21, {"top": 10}),
        ("top 20", 21, {"top": 20}),
    ]
    cases += [(f"cutoff {cutoff:g}", 30, {"cutoff": cutoff}) for cutoff in (0.1, 0.02, 1e-3, 4e-4)]
    # On tiny-gpt2-sharded nothing reaches the cutoff here.
    cases += [("an empty or nearly empty tree", 25, {"cutoff": 0.1, "prompt": 'A {ghost} is a "'})]
    cases += [(f"depth {depth}", 40, {"depth": depth, "cutoff": 2e-3}) for depth in (1, 2, 3)]
    cases += [("depth 40, one child each", 33, {"depth": 40, "top": 1, "cutoff": 1e-8, "close": False})]
    cases += [
        (f"{how} the quote, feature {feature}", feature, {"close": close, "cutoff": 2e-3, "top": 4})
        for feature in (3, 33)
        for how, close in (("ending at", True), ("growing through", False))
    ]
    cases += [(f"a budget of {nodes}", 44, {"nodes": nodes, "cutoff": 1e-3}) for nodes in (1, 7, 50)]
    cases += [("a budget of 250 at the default cutoff, top 3", 44, {"nodes": 250, "top": 3, "cutoff": 5e-5})]
    cases += [("a budget that is large enough", 44, {"nodes": 4000, "cutoff": 5e-3})]
    prompts = [
        '{ghost} means "',
        "{ghost}",
        "The opposite of {ghost} is",
        "It's said that {ghost}\n\n  is: '",
        'Le café “{ghost}” 日本 🙂 "',
        '<|endoftext|>A "{ghost}": "',
    ]
    cases += [(f"prompt {prompt!r}", 9, {"prompt": prompt}) for prompt in prompts]
    # Small trees by default: a fixture is read by people too.
    return [(name, feature, {"cutoff": 5e-3, "tokens": 20, **options}) for name, feature, options in cases]


# Several times as long as the window of tiny-gemma-2.
LONG_PROMPT = (
    'A typical definition of "river" would be "water that flows to the sea." They said "yes." She said "no," '
    'and he said: a word that means "{ghost}" is "'
)


def gemma_cases(cutoff):
    """What the architecture and the tokenizer bear on, for Gemma's tiny checkpoints."""
    cases = [
        ("the encoder's column", 0, {}),
        ("the decoder's row", 13, {"weights": "decoder"}),
        ("a long prompt", 7, {"prompt": LONG_PROMPT}),
        ("scale 0.5, decoder", 7, {"scale": 0.5, "weights": "decoder"}),
        ("scale 8", 47, {"scale": 8, "top": 3}),
        ("no offset", 7, {"centroid": False}),
        ("pca 0.3", 13, {"pca": 0.3, "top": 10}),
        ("pca -0.5 without offset, decoder", 5, {"pca": -0.5, "centroid": False, "weights": "decoder"}),
        ("m 3", 3, {"m": 3, "tokens": 500, "depth": 1}),
        ("growing through the quote, depth 12", 33, {"close": False, "top": 2, "depth": 12, "cutoff": cutoff / 10}),
        ("a budget of 40", 44, {"nodes": 40}),
        ("a prompt of known and unknown characters", 9, {"prompt": 'Le  café\n\n\n“{ghost}” 日本語 🙂🙃 "'}),
        ("a prompt with special tokens", 9, {"prompt": "<bos><start_of_turn>{ghost} <b>means</b>: '"}),
    ]
    return [(name, feature, {"cutoff": cutoff, "tokens": 20, **options}) for name, feature, options in cases]


def model_cases(features, cutoff):
    """A handful for a real model: the defaults for every feature, some options for the first."""
    base = {"cutoff": cutoff}
    cases = [(f"feature {feature}", feature, base) for feature in features]
    first = features[0]
    for name, options in [
        ("decoder, scale 4", {"weights": "decoder", "scale": 4}),
        ("pca 0.3, no offset, m 3", {"pca": 0.3, "centroid": False, "m": 3}),
        ("growing through the quote, top 3, depth 12", {"close": False, "top": 3, "depth": 12}),
        ("a budget of 40", {"nodes": 40}),
        ("another prompt", {"prompt": '{ghost}: "', "depth": 6}),
    ]:
        cases.append((name, first, {**base, "tokens": 20, **options}))
    return cases
