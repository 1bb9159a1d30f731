"""SmolLM2's tokenizer and weights out of the GGUF file."""
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from paths import GGUF, WORK

disable_progress_bar()
CONTEXT = 256                                                   # tokens of a context, BOS among them
BOS = 1                                                         # <|im_start|>
SPECIAL = 17                                                    # ids below are special tokens


def load_tokenizer():
    """A `tokenizers.Tokenizer`; read from the GGUF file once, which takes a while"""
    from tokenizers import Tokenizer

    path = WORK / "tokenizer.json"
    if not path.exists():
        AutoTokenizer.from_pretrained(GGUF.parent, gguf_file=GGUF.name).backend_tokenizer.save(str(path))
    return Tokenizer.from_file(str(path))


def load_model():
    """The model in float32, as transformers unpacks the file"""
    model = AutoModelForCausalLM.from_pretrained(GGUF.parent, gguf_file=GGUF.name, dtype=torch.float32)
    return model.eval()
