"""Means over features, with bootstrap intervals."""
import numpy as np

RESAMPLES, SEED = 1000, 1


def interval(values):
    """-> mean, and the 95 % interval of the mean over resampled features"""
    values = np.asarray(values, dtype=float)
    picks = np.random.default_rng(SEED).integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[picks].mean(1), (2.5, 97.5))
    return values.mean(), low, high


def cell(values, digits=2):
    """The same as a cell of a Markdown table"""
    if len(values) == 0:
        return ""
    mean, low, high = interval(values)
    return f"{mean:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def table(head, rows):
    """A Markdown table"""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
