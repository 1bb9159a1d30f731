"""From a feature to a ghost token: embedding geometry, direction, PCA mix, ghost (docs/methods.md).

Everything here is float64: it is the yardstick. Only the model itself runs in float32.
"""

from dataclasses import dataclass

import torch


@dataclass
class Geometry:
    """What the methods know of a model's token embeddings."""

    rows: torch.Tensor  # [vocabulary, d_model], float64
    centroid: torch.Tensor  # [d_model], mean row
    mean_distance: float  # mean Euclidean distance of the rows from the centroid
    pc1: torch.Tensor  # [d_model], unit length
    variances: torch.Tensor  # [d_model], of the principal components, largest first


def embedding_geometry(embedding, centered):
    """Geometry of an embedding table [vocabulary, d_model].

    `centered` subtracts each row's own mean over d_model first, as the residual stream is
    centred for SAEs that were trained with center_writing_weights.
    """
    rows = embedding.double()
    if centered:
        rows = rows - rows.mean(1, keepdim=True)
    centroid = rows.mean(0)
    spread = rows - centroid
    values, vectors = torch.linalg.eigh(spread.T @ spread / len(rows))  # ascending
    pc1 = vectors[:, -1]
    # An eigenvector's sign is arbitrary: the component of largest size is made positive.
    pc1 = pc1 * torch.sign(pc1[pc1.abs().argmax()])
    return Geometry(rows, centroid, spread.norm(dim=1).mean().item(), pc1, values.flip(0))


def feature_direction(sae, feature, weights):
    """Unit vector [d_model] of a feature: column of W_enc ("encoder") or row of W_dec ("decoder")."""
    vector = {"encoder": sae.W_enc[:, feature], "decoder": sae.W_dec[feature]}[weights].double()
    return vector / vector.norm()


def ghost_token(geometry, direction, scale, centroid, pca):
    """The ghost [d_model]: centroid + scale * ((1 - pca) * direction + pca * PC1), the mix not
    renormalised. scale "auto" is the mean distance of token embeddings from the centroid;
    centroid False leaves the offset out."""
    length = geometry.mean_distance if scale == "auto" else scale
    ghost = length * ((1 - pca) * direction + pca * geometry.pc1)
    return ghost + geometry.centroid if centroid else ghost


def token_list(geometry, ghost, m, count):
    """The `count` tokens of smallest score (1 - cos(ghost, e))^m / (1 - cos(centroid, e)).

    Returns [{rank, tokenId, score, cosine}], rank from 1. Cosines with a row of length 0 are 0.
    """
    lengths = geometry.rows.norm(dim=1)
    safe = torch.where(lengths > 0, lengths, torch.ones_like(lengths))
    cosine_with = lambda vector: (geometry.rows @ vector) / (safe * vector.norm())  # [vocabulary]
    cosine = cosine_with(ghost)
    # Rounding can take a cosine a hair above 1, and a negative base has no real power m.
    score = (1 - cosine).clamp(min=0) ** m / (1 - cosine_with(geometry.centroid))
    order = torch.sort(score, stable=True).indices[:count].tolist()
    return [
        {"rank": rank, "tokenId": i, "score": score[i].item(), "cosine": cosine[i].item()}
        for rank, i in enumerate(order, 1)
    ]
